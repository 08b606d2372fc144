"""The general ledger of a span of days, on screen, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.exports import Cell, csv_chunks, download, file_name
from portal.base.render import UNPROCESSABLE, page
from portal.reports import services
from portal.reports.general_ledger import GeneralLedger, Row, general_ledgers
from portal.reports.pages.choosing import address_query, asked, shown
from portal.reports.pages.forms import SpanForm
from portal.reports.span import Span

TEMPLATE = "reports/general_ledger.html"
COLUMNS = ("code", "name", "heading", "currency", "opening", "debit", "credit", "closing")


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def general_ledger(request: HttpRequest) -> HttpResponse:
    """What each account opened with, took and closed with. `?since=`, `?until=` and `?branch=` say which."""
    form, branch = asked(request, SpanForm, _this_month)
    if not form.is_valid():
        return page(request, TEMPLATE, {"form": form}, status=UNPROCESSABLE if form.errors else 200)
    span = _span(form)
    context = {
        "books": general_ledgers(span, branch),
        "span_query": address_query(None, since=span.since, until=span.until),
        "lines_query": address_query(branch, date=span.until),
    }
    return page(request, TEMPLATE, shown("general_ledger", form, branch, span) | context)


@requires(Capability.TRIAL_BALANCE_VIEW)
@require_safe
def general_ledger_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as a file: headings told apart, so that their sums are not counted twice."""
    form, branch = asked(request, SpanForm, _this_month)
    if not form.is_valid():
        return page(request, TEMPLATE, {"form": form}, status=UNPROCESSABLE)
    span = _span(form)
    services.note_report(
        report="general ledger", day=span.until, since=span.since, branch=branch, by=request.user, at=now()
    )
    rows = (_cells(ledger, row) for ledger in general_ledgers(span, branch) for row in ledger.rows)
    days = (span.since.isoformat(), span.until.isoformat())
    name = file_name("general-ledger", branch.code if branch else "all", *days) + ".csv"
    return download(csv_chunks(COLUMNS, rows), name=name, media_type="text/csv")


def _this_month(latest: date) -> dict[str, str]:
    return {"since": latest.replace(day=1).isoformat(), "until": latest.isoformat()}


def _span(form: SpanForm) -> Span:
    return Span(form.cleaned_data["since"], form.cleaned_data["until"])


def _cells(ledger: GeneralLedger, row: Row) -> Sequence[Cell]:
    heading = "yes" if row.is_heading else "no"
    return row.code, row.name, heading, ledger.currency, row.opening, row.debit, row.credit, row.closing
