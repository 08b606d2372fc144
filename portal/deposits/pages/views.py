"""The pages of accounts: the list, one account as a passbook, one movement, the name its owner gives it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import movements, queries, services
from portal.deposits.pages.forms import MovementFilter, NicknameForm, NumberSearch
from portal.deposits.pages.notes import shown_note
from portal.deposits.pages.passbook import Opened, filter_fields
from portal.deposits.waiting import marked_account_for, waiting_on
from portal.people.services import note_view

PER_PAGE = 40


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """A customer's accounts with what is in each; for staff those within reach, by number and without balances."""
    search = NumberSearch(request.GET)
    number = search.cleaned_data["number"] if search.is_valid() else ""
    accounts = queries.accounts_visible_to(request.user)
    found = Paginator(accounts.filter(number__startswith=number), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(account, queries.funds_as_loaded(account)) for account in found]
    context = {"rows": rows, "accounts": found, "search": search, "is_own": _is_own(request)}
    return page(request, "deposits/account_list.html", context, partials=("more",))


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def account_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One account: what is available, what is booked, and its movements as a passbook."""
    account = marked_account_for(request.user, number)
    narrowed = MovementFilter(request.GET)
    is_part = bool(getattr(request, "htmx", False))
    if not is_part:
        note_view(customer=account.customer, viewer=request.user, reason=f"Account …{account.last_four}", at=now())
    opened = Opened(
        account, narrowed, shown_month=request.GET.get("month", "") if is_part else "", is_whole=not is_part
    )
    context = {
        "account": account,
        "funds": queries.funds_as_loaded(account),
        "is_own": _is_own(request),
        # Drawn and read when the part of the page that shows them is asked for, and only then.
        "earned": opened.earned,
        "filter_fields": lambda: filter_fields(narrowed),
        "book": opened.book,
        "waiting": lambda: waiting_on(request.user, [account]),
    }
    return page(request, "deposits/account_detail.html", context, partials=("funds", "results", "more"))


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def movement_detail(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """One movement in plain words."""
    account = queries.account_for(request.user, number)
    parts = movements.movement(account, reference)
    note_view(customer=account.customer, viewer=request.user, reason=f"Movement {reference}", at=now())
    context = {"account": account, "movement": parts[0], "parts": parts, "is_own": _is_own(request)}
    if context["is_own"]:
        context |= shown_note(request.user, parts)
    return page(request, "deposits/movement_detail.html", context)


@requires(Capability.ACCOUNT_NICKNAME)
@require_http_methods(["GET", "HEAD", "POST"])
def account_rename(request: HttpRequest, number: str) -> HttpResponse:
    """The name its owner gives an account."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_NICKNAME)
    form = NicknameForm(request.POST if request.method == "POST" else None, initial={"nickname": account.nickname})
    if request.method != "POST":
        return page(request, "deposits/account_rename.html", {"account": account, "form": form})
    if not form.is_valid():
        return refused(request, "deposits/account_rename.html", {"account": account}, form)
    try:
        services.rename_account(account=account, nickname=form.cleaned_data["nickname"], by=request.user, at=now())
    except Refused as error:
        return refused(request, "deposits/account_rename.html", {"account": account}, form, error)
    return see_other(reverse("account_detail", args=[account.number]))


def _is_own(request: HttpRequest) -> bool:
    return scope_of(request.user, Capability.ACCOUNT_VIEW) is Scope.OWN
