"""The balance sheet and the income statement, on screen, on paper and as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.exports import Cell, csv_chunks, download, file_name
from portal.base.render import UNPROCESSABLE, page
from portal.institution.models import Branch
from portal.reports import services
from portal.reports.financials import Part, balance_sheets, income_statements
from portal.reports.pages.choosing import address_query, asked, shown
from portal.reports.pages.forms import MONTH, MONTHS_BEFORE, BalanceSheetForm, IncomeForm, ReportForm
from portal.reports.span import Span, earlier

SHEET, STATEMENT = "reports/balance_sheet.html", "reports/income_statement.html"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: the days it is of, and the addresses of the lines behind them."""

    span: Span
    branch: Branch | None

    @property
    def title(self) -> str:
        """Its last day, short enough for a phone."""
        return date_format(self.span.until, "j M Y")

    @property
    def lines_query(self) -> str:
        return address_query(self.branch, date=self.span.until)

    @property
    def until_query(self) -> str:
        return address_query(None, until=self.span.until)

    @property
    def span_query(self) -> str:
        return address_query(None, since=self.span.since, until=self.span.until)


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def balance_sheet(request: HttpRequest) -> HttpResponse:
    """What is owned, owed and left at the end of a day. `?date=`, `?compare=` and `?branch=` say which."""
    form, branch, days = _days(request)
    if not days:
        return _nothing(request, SHEET, form)
    columns = [Column(Span(day, day), branch) for day in days]
    return page(request, SHEET, _shown("balance_sheet", form, columns) | {"books": balance_sheets(days, branch)})


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def balance_sheet_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file: headings told apart, so that their sums are not counted twice."""
    form, branch, days = _days(request)
    if not days:
        return _nothing(request, SHEET, form)
    services.note_report(report="balance sheet", day=days[0], branch=branch, by=request.user, at=now())
    rows = (row for sheet in balance_sheets(days, branch) for row in _csv_rows(sheet.parts, sheet.currency))
    return _file("balance-sheet", branch, [day.isoformat() for day in days], days[:1], rows)


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def income_statement(request: HttpRequest) -> HttpResponse:
    """What was earned and spent from a day to another. `?since=`, `?until=`, `?compare=` and `?branch=` say which."""
    form, branch, spans = _spans(request)
    if not spans:
        return _nothing(request, STATEMENT, form)
    columns = [Column(span, branch) for span in spans]
    books = income_statements(spans, branch)
    return page(request, STATEMENT, _shown("income_statement", form, columns) | {"books": books})


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def income_statement_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    form, branch, spans = _spans(request)
    if not spans:
        return _nothing(request, STATEMENT, form)
    since, until = spans[0].since, spans[0].until
    services.note_report(report="income statement", day=until, since=since, branch=branch, by=request.user, at=now())
    rows = (row for it in income_statements(spans, branch) for row in _csv_rows(it.parts, it.currency))
    titles = [f"{span.since.isoformat()} to {span.until.isoformat()}" for span in spans]
    return _file("income-statement", branch, titles, (since, until), rows)


def _days(request: HttpRequest) -> tuple[BalanceSheetForm, Branch | None, list[date]]:
    """The form, the branch, and the days of the columns; none when the form is wrong or there are no books."""
    form, branch = asked(request, BalanceSheetForm, lambda latest: {"date": latest.isoformat(), "compare": MONTH})
    if not form.is_valid():
        return form, branch, []
    day, months = form.cleaned_data["date"], MONTHS_BEFORE.get(form.cleaned_data["compare"])
    return form, branch, [day, earlier(day, months)] if months else [day]


def _spans(request: HttpRequest) -> tuple[IncomeForm, Branch | None, list[Span]]:
    """The same for spans: the month that is open, up to its open day, unless the address says otherwise."""
    form, branch = asked(request, IncomeForm, _this_month)
    if not form.is_valid():
        return form, branch, []
    span = Span(form.cleaned_data["since"], form.cleaned_data["until"])
    months = MONTHS_BEFORE.get(form.cleaned_data["compare"])
    return form, branch, [span, span.earlier(months)] if months else [span]


def _this_month(latest: date) -> dict[str, str]:
    return {"since": latest.replace(day=1).isoformat(), "until": latest.isoformat(), "compare": MONTH}


def _nothing(request: HttpRequest, template: str, form: ReportForm) -> HttpResponse:
    return page(request, template, {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def _shown(name: str, form: ReportForm, columns: Sequence[Column]) -> dict[str, Any]:
    column, compare = columns[0], form.cleaned_data["compare"]
    about = shown(name, form, column.branch, column.span, compare=compare)
    return about | {"columns": columns, "column": column}


def _csv_rows(parts: Iterable[Part], currency: str) -> Iterator[Sequence[Cell]]:
    for part in parts:
        for line in part.lines:
            yield (part.title, line.code, line.name, "yes" if line.is_heading else "no", currency, *line.amounts)


def _file(
    report: str, branch: Branch | None, titles: Sequence[str], days: Iterable[date], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    header = ("part", "code", "name", "heading", "currency", *titles)
    name = file_name(report, branch.code if branch else "all", *(day.isoformat() for day in days)) + ".csv"
    return download(csv_chunks(header, rows), name=name, media_type="text/csv")
