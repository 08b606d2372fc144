"""Choosing a statement, reading it, and taking it away as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.exports import XLSX_TYPE, download
from portal.base.render import UNPROCESSABLE, page, see_other
from portal.deposits.models import DepositAccount
from portal.deposits.queries import account_for, accounts_visible_to
from portal.documents.queries import PDF_HINT, pdf_available
from portal.statements import queries, services
from portal.statements.pages.forms import NumberForm, OwnForm, PdfForm, RangeForm
from portal.statements.periods import Period, checked, months_since, years_since

SCREEN_ROWS = 200
TOO_MANY_REQUESTS = 429
MONTHS_SHOWN = 24


@requires(Capability.STATEMENT_VIEW)
@require_safe
def statement_choose(request: HttpRequest) -> HttpResponse:
    """The periods of one account: months, years, or any days. Staff name the account, customers pick one of theirs."""
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
    return page(request, "statements/statement_detail.html", {**context, **_paper(found), "pdf_form": PdfForm()})


@requires(Capability.STATEMENT_DOWNLOAD)
@require_safe
def statement_csv(request: HttpRequest, number: str, start: date, end: date) -> HttpResponseBase:
    """The statement for another program; `?bom=1` for spreadsheets that ask for a byte order mark."""

    def make(account: DepositAccount, period: Period) -> HttpResponseBase:
        bom = request.GET.get("bom") == "1"
        body = services.csv_file(account=account, period=period, bom=bom, by=request.user, at=now())
        return download(body, name=services.statement_name(account, period, "csv"), media_type="text/csv")

    return _file(request, number, start, end, make)


@requires(Capability.STATEMENT_DOWNLOAD)
@require_safe
def statement_xlsx(request: HttpRequest, number: str, start: date, end: date) -> HttpResponseBase:
    """The statement as a spreadsheet."""

    def make(account: DepositAccount, period: Period) -> HttpResponseBase:
        body = services.xlsx_file(account=account, period=period, by=request.user, at=now())
        return download(body, name=services.statement_name(account, period, "xlsx"), media_type=XLSX_TYPE)

    return _file(request, number, start, end, make)


@requires(Capability.STATEMENT_DOWNLOAD)
@require_POST
def statement_pdf(request: HttpRequest, number: str, start: date, end: date) -> HttpResponseBase:
    """Ask for the PDF and go to the page where it will be."""

    def make(account: DepositAccount, period: Period) -> HttpResponseBase:
        form = PdfForm(request.POST)
        if not form.is_valid():
            return see_other(_url("statement", account, period))
        origin = f"{request.scheme}://{request.get_host()}"
        key = form.cleaned_data["key"]
        job = services.ask_for_pdf(account=account, period=period, origin=origin, key=key, by=request.user, at=now())
        return see_other(reverse("job_detail", args=[job.pk]))

    return _file(request, number, start, end, make)


def _file(
    request: HttpRequest,
    number: str,
    start: date,
    end: date,
    make: Callable[[DepositAccount, Period], HttpResponseBase],
) -> HttpResponseBase:
    """Find the account within reach and check the period; what is refused is told on the page of periods."""
    account = account_for(request.user, number, Capability.STATEMENT_DOWNLOAD)
    try:
        return make(account, checked(start, end, today=account.branch.business_date))
    except services.TooMany as refusal:
        context = {"refusal": refusal.message}
        return page(request, "statements/refused.html", context, status=TOO_MANY_REQUESTS)
    except Refused as refusal:
        return page(request, "statements/refused.html", {"refusal": refusal.message}, status=UNPROCESSABLE)


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
    today = account.branch.business_date
    months = months_since(account.opened_on, today)
    context = {
        "account": account,
        "form": form,
        "picker": picker,
        "months": [(month, _url("statement", account, month)) for month in months[:MONTHS_SHOWN]],
        "years": [(year, _url("statement", account, year)) for year in years_since(account.opened_on, today)],
    }
    return page(request, "statements/choose.html", context, status=UNPROCESSABLE if form.errors else 200)


def _urls(account: DepositAccount, period: Period) -> dict[str, str]:
    """Where the files of a statement are, and the periods before and after it while there are any."""
    names = ("statement_csv", "statement_xlsx", "statement_pdf")
    urls = {name.removeprefix("statement_"): _url(name, account, period) for name in names}
    before, after = period.before(), period.after()
    if before.end >= account.opened_on:
        urls["before"] = _url("statement", account, before)
    if after.start <= account.branch.business_date:
        urls["after"] = _url("statement", account, after)
    return {**urls, "choose": f"{reverse('statement_choose')}?account={account.number}"}


def _url(name: str, account: DepositAccount, period: Period) -> str:
    return reverse(name, args=[account.number, period.start, period.end])


def _paper(found: queries.Statement) -> dict[str, str]:
    """Why there is no PDF of this statement, if there is none."""
    if not pdf_available():
        return {"no_pdf": PDF_HINT}
    too_long = len(found.lines) > services.MOST_PDF_ROWS
    return {"no_pdf": services.too_long_for_paper(len(found.lines)) if too_long else ""}
