"""The first page, one for each role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.render import YEAR_SECONDS, page, see_other
from portal.home.pages import drawings
from portal.home.queries import branch, house, member
from portal.home.queries.first_steps import DONE, Step, first_steps

HIDDEN = "hidden"


@requires(Capability.HOME_VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs this person today, and what they look at first."""
    user: Any = request.user
    template, context = _HOMES[Role(user.role)]
    return page(request, f"home/{template}.html", context(request), partials=("now",))


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How a customer's accounts went over half a year. The first page fetches `#charts` from here after it is shown."""
    accounts = member.own_accounts(request.user)
    if not accounts:
        raise Http404("only customers have accounts of their own")
    hidden = _hides(request)
    charts = [] if hidden else [drawings.of_account(account) for account in accounts]
    return page(request, "home/overview.html", {"charts": charts, "hidden": hidden}, partials=("charts",))


@requires(Capability.HOME_VIEW)
@require_POST
def balances_set(request: HttpRequest) -> HttpResponse:
    """Hide amounts on this device's first page, or show them again. A cookie remembers it for a year."""
    response = see_other(reverse("home"))
    if request.POST.get("balances") == HIDDEN:
        response.set_cookie("balances", HIDDEN, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("balances", samesite="Lax")
    return response


def _hides(request: HttpRequest) -> bool:
    return request.COOKIES.get("balances") == HIDDEN


def _customer(request: HttpRequest) -> dict[str, Any]:
    found = member.member_home(request.user)
    channels = " ".join(f"account:{line.account.number}" for line in found.lines)
    return {"home": found, "hidden": _hides(request), "channels": channels}


def _cashier(request: HttpRequest) -> dict[str, Any]:
    return {"home": branch.cashier_home(request.user), "branch": _branch(request)}


def _manager(request: HttpRequest) -> dict[str, Any]:
    found = branch.manager_home(request.user)
    accounts_text = f"in {found.account_count:,} account{'' if found.account_count == 1 else 's'}"
    return {"home": found, "chart": drawings.of_counter(found), "accounts_text": accounts_text}


def _mobile_banker(request: HttpRequest) -> dict[str, Any]:
    return {"branch": _branch(request)}


def _operations_manager(request: HttpRequest) -> dict[str, Any]:
    return {"home": house.operations_home()}


def _administrator(request: HttpRequest) -> dict[str, Any]:
    return {"home": house.administrator_home(now()), "steps": [_task(step) for step in first_steps()]}


def _task(step: Step) -> dict[str, str]:
    """A step as the task list shows it; what is done leads nowhere any more."""
    url = reverse(step.page) if step.page and step.status != DONE else ""
    return {"label": step.label, "url": url, "status": step.status, "hint": step.hint}


def _auditor(request: HttpRequest) -> dict[str, Any]:
    return {"differences": house.differences(), "chains": house.chains(), "branches": house.branch_lines()}


def _branch(request: HttpRequest) -> Any:
    user: Any = request.user
    return user.branch


_HOMES: dict[Role, tuple[str, Callable[[HttpRequest], dict[str, Any]]]] = {
    Role.CUSTOMER: ("customer", _customer),
    Role.CASHIER: ("cashier", _cashier),
    Role.MOBILE_BANKER: ("mobile_banker", _mobile_banker),
    Role.MANAGER: ("manager", _manager),
    Role.OPERATIONS_MANAGER: ("operations_manager", _operations_manager),
    Role.ADMINISTRATOR: ("administrator", _administrator),
    Role.AUDITOR: ("auditor", _auditor),
}
