"""The chart of accounts: the tree of a branch, and its lines added, changed, closed and reopened."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.ledger import services
from portal.ledger.chart import POSTED_TO
from portal.ledger.models import Account
from portal.reports.chart import branch_of_chart, chart_of, editable_account, headers_of
from portal.reports.pages.forms import AccountForm, NewAccountForm

ADD, CHANGE = "reports/chart_account_add.html", "reports/chart_account.html"


@requires(Capability.CHART_VIEW)
@require_safe
def chart_of_accounts(request: HttpRequest) -> HttpResponse:
    """The tree of one branch: what each line is, whether it takes entries by hand, whether it is open. `?branch=`."""
    branch = branch_of_chart(request.user, request.GET.get("branch", ""))
    context = {
        "branch": branch,
        "branches": branches_within(request.user, Capability.CHART_VIEW),
        "lines": chart_of(branch) if branch else [],
    }
    return page(request, "reports/chart_of_accounts.html", context)


@requires(Capability.CHART_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def chart_account_add(request: HttpRequest) -> HttpResponse:
    """Add a line below a header: `?branch=` says in whose chart, `?under=` below which line at first."""
    branch = branch_of_chart(request.user, request.GET.get("branch", ""))
    if branch is None:
        raise Http404("no branch yet")
    headers = headers_of(branch)
    under = next((header.pk for header in headers if header.code == request.GET.get("under")), None)
    form = NewAccountForm(request.POST or None, headers=headers, initial={"parent": under})
    context = {"branch": branch, "up": _address(branch)}
    if request.method != "POST":
        return page(request, ADD, {**context, "form": form})
    if not form.is_valid():
        return refused(request, ADD, context, form)
    try:
        account = services.add_account(parent=form.cleaned_data["parent"], new=_new(form), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ADD, context, form, refusal)
    messages.success(request, f"{account} was added.")
    return see_other(_address(branch))


@requires(Capability.CHART_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def chart_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Rename a line, move it, let people post to it by hand; below stands the button that closes or reopens it."""
    account = editable_account(request.user, account_id)
    if request.method != "POST":
        return page(request, CHANGE, _about(account) | {"form": _form(account)})
    form = _form(account, request.POST)
    if not form.is_valid():
        return refused(request, CHANGE, _about(account), form)
    wanted = {"parent": None, "allows_manual": False, **form.cleaned_data}
    try:
        services.change_account(account=account, **wanted, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, CHANGE, _about(account), form, refusal)
    messages.success(request, f"{account} was changed.")
    return see_other(_address(account.branch))


@requires(Capability.CHART_EDIT)
@require_POST
def chart_account_close(request: HttpRequest, account_id: int) -> HttpResponse:
    """Close a line with nothing on it."""
    account = editable_account(request.user, account_id)
    try:
        services.close_account(account=account, by=request.user, at=now())
    except Refused as refusal:
        return _not_done(request, account, refusal)
    messages.success(request, f"{account} is closed.")
    return see_other(_address(account.branch))


@requires(Capability.CHART_EDIT)
@require_POST
def chart_account_reopen(request: HttpRequest, account_id: int) -> HttpResponse:
    """Let a closed line take entries again."""
    account = editable_account(request.user, account_id)
    try:
        services.reopen_account(account=account, by=request.user, at=now())
    except Refused as refusal:
        return _not_done(request, account, refusal)
    messages.success(request, f"{account} is open again.")
    return see_other(_address(account.branch))


def _not_done(request: HttpRequest, account: Account, refusal: Refused) -> HttpResponse:
    """The page of the line with what was refused above its form, which shows what is kept."""
    form = _form(account, _kept(account))
    return refused(request, CHANGE, _about(account), form, Refused(refusal.message, code=refusal.code))


def _form(account: Account, data: Any = None) -> AccountForm:
    headers = headers_of(account.branch, account=account)
    return AccountForm(data, headers=headers, account=account, initial=_kept(account))


def _kept(account: Account) -> dict[str, Any]:
    return {"name": account.name, "parent": account.parent_id, "allows_manual": account.allows_manual}


def _new(form: NewAccountForm) -> services.NewAccount:
    wanted = form.cleaned_data
    return services.NewAccount(
        code=wanted["code"],
        name=wanted["name"],
        is_header=wanted["sort"] == "header",
        tracked=wanted["sort"] == "tracked",
        allows_manual=wanted["allows_manual"],
    )


def _about(account: Account) -> dict[str, Any]:
    is_needed = account.code in POSTED_TO
    return {"account": account, "branch": account.branch, "up": _address(account.branch), "is_needed": is_needed}


def _address(branch: Branch) -> str:
    return f"{reverse('chart_of_accounts')}?{urlencode({'branch': branch.code})}"
