"""Choosing a statement, reading it, and taking it away as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.exports import download
from portal.base.origin import origin_of
from portal.base.render import UNPROCESSABLE, page, see_other
from portal.deposits.models import ChargeKind, DepositAccount
from portal.deposits.queries import account_for, accounts_visible_to
from portal.statements import queries, services
from portal.statements.formats import FORMATS
from portal.statements.pages.forms import NumberForm, OwnForm, PdfForm, RangeForm
from portal.statements.periods import (
    Period,
    checked,
    fiscal_year_of,
    month_of,
    quarter_of,
    since_opening,
    year_of,
)

SCREEN_ROWS = 200
TOO_MANY_REQUESTS = 429
MOST_DIGITS = 4
MONTHS_SHOWN, QUARTERS_SHOWN = 18, 6


@requires(Capability.STATEMENT_VIEW)
@require_safe
def statement_choose(request: HttpRequest) -> HttpResponse:
    """The periods of one account, what was issued and taken away. Staff name the account, customers pick one of theirs."""
    own = getattr(request.user, "role", "") == Role.CUSTOMER
    accounts = list(accounts_visible_to(request.user, Capability.STATEMENT_VIEW)) if own else []
    number = request.GET.get("account") or (accounts[0].number if accounts else "")
    asked = {"account": number} if number else None
    picker = OwnForm(asked, accounts=accounts) if own else NumberForm(asked)
    if own and not accounts:
        return page(request, "statements/choose.html", {"picker": None})
    account = _account_typed(request, picker, own=own) if number else None
    if account is None:
        status = UNPROCESSABLE if picker.is_bound else 200
        return page(request, "statements/choose.html", {"picker": picker}, status=status)
    form = RangeForm(request.GET if "start" in request.GET else None, account=account)
    if form.is_bound and form.is_valid():
        return redirect(_url("statement", account, form.period))
    return _choose(request, account, form, picker if not own or len(accounts) > 1 else None)


@requires(Capability.STATEMENT_VIEW)
@require_safe
def statement_detail(request: HttpRequest, number: str, start: date, end: date) -> HttpResponse:
    """The statement on the screen, as in a passbook."""
    account = account_for(request.user, number, Capability.STATEMENT_VIEW)
    form = RangeForm({"start": start, "end": end}, account=account)
    if not form.is_valid():
        return _choose(request, account, form, None)
    found = queries.statement(account, start, end)
    services.note_reading(account=account, period=form.period, by=request.user, at=now())
    rows = Paginator(found.lines, SCREEN_ROWS).get_page(request.GET.get("page"))
    context = {"statement": found, "period": form.period, "page_obj": rows, "urls": _urls(account, form.period)}
    files = [(each, _url("statement_file", account, form.period, name)) for name, each in FORMATS.items()]
    context |= {"files": files, "no_pdf": _no_paper(found), "pdf_form": _paper_form(request, account)}
    return page(request, "statements/statement_detail.html", context)


@requires(Capability.STATEMENT_DOWNLOAD)
@require_safe
def statement_file(request: HttpRequest, number: str, start: date, end: date, form: str) -> HttpResponseBase:
    """The statement for another program."""

    def make(account: DepositAccount, period: Period) -> HttpResponseBase:
        body = services.file_of(account=account, period=period, form=form, by=request.user, at=now())
        name = services.statement_name(account, period, FORMATS[form].ending)
        return download(body, name=name, media_type=FORMATS[form].media_type)

    return _file(request, number, start, end, make)


@requires(Capability.STATEMENT_DOWNLOAD)
@require_POST
def statement_pdf(request: HttpRequest, number: str, start: date, end: date) -> HttpResponseBase:
    """Ask for the PDF and go to the page where it will be."""

    def make(account: DepositAccount, period: Period) -> HttpResponseBase:
        form = _paper_form(request, account)
        if not form.is_valid():
            return see_other(_url("statement", account, period))
        given = {"key": form.cleaned_data["key"], "is_charged": form.is_charged, "by": request.user, "at": now()}
        job = services.ask_for_pdf(account=account, period=period, origin=origin_of(request), **given)
        return see_other(reverse("job_detail", args=[job.pk]))

    return _file(request, number, start, end, make)


@requires(Capability.STATEMENT_DOWNLOAD)
@require_safe
def statement_issued(request: HttpRequest, issued_id: UUID) -> HttpResponseBase:
    """The signed PDF of a monthly statement, as it was issued; of a very long one the part asked for."""
    issued = get_object_or_404(queries.issued_visible_to(request.user), pk=issued_id)

    part = request.GET.get("part", "1")

    def make() -> HttpResponseBase:
        period = Period(issued.run.period_start, issued.run.period_end)
        number = int(part) if part.isascii() and part.isdigit() and len(part) < MOST_DIGITS else 0
        body = services.take_issued(issued=issued, part=number, by=request.user, at=now())
        name = services.statement_name(issued.account, period, "pdf" if part == "1" else f"part-{part}.pdf")
        return download(BytesIO(body), name=name, media_type="application/pdf")

    return _refused_in_words(request, make)


def _file(
    request: HttpRequest,
    number: str,
    start: date,
    end: date,
    make: Callable[[DepositAccount, Period], HttpResponseBase],
) -> HttpResponseBase:
    """Find the account within reach and check the period; what is refused is told on a page of its own."""
    account = account_for(request.user, number, Capability.STATEMENT_DOWNLOAD)
    today = account.branch.business_date
    return _refused_in_words(request, lambda: make(account, checked(start, end, today=today)))


def _refused_in_words(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return make()
    except Refused as refusal:
        status = TOO_MANY_REQUESTS if isinstance(refusal, services.TooMany) else UNPROCESSABLE
        return page(request, "statements/refused.html", {"refusal": refusal.message}, status=status)


def _account_typed(request: HttpRequest, picker: Any, *, own: bool) -> DepositAccount | None:
    """The account asked for. A customer who names another's gets 404, staff who mistype are told on the form."""
    if not picker.is_valid():
        if own:
            raise Http404("not one of one's own accounts")
        return None
    number = picker.cleaned_data["account"]
    account = accounts_visible_to(request.user, Capability.STATEMENT_VIEW).filter(number=number).first()
    if account is None:
        picker.add_error("account", "There is no account with this number among those you may see.")
    return account


def _choose(request: HttpRequest, account: DepositAccount, form: RangeForm, picker: Any) -> HttpResponse:
    context = {
        "account": account,
        "form": form,
        "picker": picker,
        "periods": [
            (name, [(period, _url("statement", account, period)) for period in periods])
            for name, periods in _periods(account)
        ],
        "issued": queries.issued_of(account)[:MONTHS_SHOWN],
        "taken": queries.taken_away(account, request.user, at=now()),
    }
    return page(request, "statements/choose.html", context, status=UNPROCESSABLE if form.errors else 200)


def _periods(account: DepositAccount) -> list[tuple[str, list[Period]]]:
    """What an account's statements may cover, by kind. Where the institution's year is the calendar's, years stand once."""
    today, since = account.branch.business_date, account.opened_on
    kinds = [
        ("Months", since_opening(month_of(today), since)[:MONTHS_SHOWN]),
        ("Quarters", since_opening(quarter_of(today), since)[:QUARTERS_SHOWN]),
        ("Years", since_opening(year_of(today), since)),
    ]
    if fiscal_year_of(today) != year_of(today):
        kinds.append(("Fiscal years", since_opening(fiscal_year_of(today), since)))
    return kinds


def _urls(account: DepositAccount, period: Period) -> dict[str, str]:
    """Where the PDF of a statement is asked for, and the periods before and after it while there are any."""
    urls = {"pdf": _url("statement_pdf", account, period)}
    before, after = period.before(), period.after()
    if before.end >= account.opened_on:
        urls["before"] = _url("statement", account, before)
    if after.start <= account.branch.business_date:
        urls["after"] = _url("statement", account, after)
    return {**urls, "choose": f"{reverse('statement_choose')}?account={account.number}"}


def _url(name: str, account: DepositAccount, period: Period, *more: str) -> str:
    return reverse(name, args=[account.number, period.start, period.end, *more])


def _paper_form(request: HttpRequest, account: DepositAccount) -> PdfForm:
    cost = services.paper_cost(account=account, kind=ChargeKind.STATEMENT, by=request.user)
    posted = request.POST if request.method == "POST" else None
    return PdfForm(posted, cost=cost, always_pays=services.always_pays(request.user))


def _no_paper(found: queries.Statement) -> str:
    """Why there is no PDF of this statement, if there is none."""
    too_long = len(found.lines) > services.MOST_PDF_ROWS
    return services.too_long_for_paper(len(found.lines)) if too_long else ""
