"""The trail: searched on the screen or taken away. Reading it leaves a line in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.audit import queries
from portal.audit.models import Change
from portal.audit.pages.forms import TrailForm
from portal.audit.services import record
from portal.base.clock import now
from portal.base.exports import XLSX_TYPE, Cell, csv_chunks, download, write_xlsx
from portal.base.render import UNPROCESSABLE, page

READ, TAKEN = "audit trail read", "audit trail downloaded"
COLUMNS = (
    "id", "at", "actor", "action", "table", "subject", "before", "after", "request_id", "address", "database_role",
)  # fmt: skip

WIDTHS = (10, 20, 24, 10, 24, 20, 40, 40, 38, 16, 16)
MOST_ROWS = 200_000
"""Of a spreadsheet; the text file has them all."""


@requires(Capability.AUDIT_VIEW)
@require_safe
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Changes and events, newest first, a page at a time."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return page(request, "audit/trail.html", {"form": form}, status=UNPROCESSABLE)
    found = queries.trail(form.wanted(), after=request.GET.get("after", ""))
    record(verb=READ, subject="", detail=_asked(form), by=request.user, at=now())
    query = request.GET.copy()
    query.pop("after", None)
    context = {"form": form, "lines": found.lines, "query": query.urlencode()}
    query["after"] = found.after
    older = f"?{query.urlencode()}" if found.after else ""
    return page(request, "audit/trail.html", {**context, "older": older}, partials=("more",))


@requires(Capability.AUDIT_VIEW, fresh=True)
@require_safe
def audit_trail_csv(request: HttpRequest) -> HttpResponseBase:
    """Everything that was searched for as one file, sent while it is read."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return page(request, "audit/trail.html", {"form": form}, status=UNPROCESSABLE)
    at = now()
    record(verb=TAKEN, subject="", detail=_asked(form), by=request.user, at=at)
    body = csv_chunks(COLUMNS, _rows(form.wanted()))
    return download(body, name=f"audit-trail-{at:%Y-%m-%d}.csv", media_type="text/csv")


@requires(Capability.AUDIT_VIEW, fresh=True)
@require_safe
def audit_trail_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same for a spreadsheet: the newest lines, as many as one takes."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return page(request, "audit/trail.html", {"form": form}, status=UNPROCESSABLE)
    at = now()
    record(verb=TAKEN, subject="", detail=_asked(form), by=request.user, at=at)
    file = TemporaryFile()  # noqa: SIM115  # the answer closes it
    rows = islice(_rows(form.wanted()), MOST_ROWS)
    write_xlsx(file, sheet="Audit trail", header=COLUMNS, rows=rows, widths=WIDTHS)
    file.seek(0)
    return download(file, name=f"audit-trail-{at:%Y-%m-%d}.xlsx", media_type=XLSX_TYPE)


def _asked(form: TrailForm) -> dict[str, str]:
    """What was searched for, as the trail keeps it."""
    return {name: str(value) for name, value in form.cleaned_data.items() if value}


def _rows(wanted: queries.Wanted) -> Iterator[list[Cell]]:
    for line in queries.whole_trail(wanted):
        source = line.source
        if isinstance(source, Change):
            head: list[Cell] = [f"c{source.pk}", source.at, line.actor, source.action, source.table_name, source.row_id]
            rest: list[Cell] = [_json(source.before), _json(source.after)]
            role = source.database_role
        else:
            head = [f"e{source.pk}", source.at, line.actor, source.verb, None, source.subject]
            rest, role = [None, _json(source.detail)], ""
        yield [*head, *rest, source.request_id, source.address, role]


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
