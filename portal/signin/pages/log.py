"""The log of sessions: who signed in when, from where, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.audit.services import record
from portal.base.clock import now
from portal.base.exports import Cell, csv_chunks, download
from portal.base.render import UNPROCESSABLE, page
from portal.base.tables import arranged
from portal.signin import queries
from portal.signin.pages.forms import LogForm
from portal.signin.pages.tables import LogTable
from portal.signin.pages.watching import tabs_for

LOG = "signin/session_log.html"
TAKEN = "log of sessions downloaded"
COLUMNS = ("id", "person", "role", "branch", "signed_in", "last_seen", "ended", "why", "ended_by", "address", "device")
CHUNK_ROWS = 500


@requires(Capability.SIGNIN_VIEW)
@require_safe
def session_log(request: HttpRequest) -> HttpResponse:
    """Who signed in and out among the people one answers for; the staff, unless others are asked for."""
    form = LogForm(request.GET)
    if not form.is_valid():
        return page(request, LOG, _shell(request, form), status=UNPROCESSABLE)
    table = LogTable(queries.sessions_visible_to(request.user, form.wanted()))
    query = request.GET.copy()
    query.pop("page", None)
    context = _shell(request, form) | {"table": arranged(request, table), "query": query.urlencode()}
    return page(request, LOG, context, partials=("results",))


@requires(Capability.SIGNIN_VIEW)
@require_safe
def session_log_csv(request: HttpRequest) -> HttpResponseBase:
    """Everything that was searched for as one file."""
    form = LogForm(request.GET)
    if not form.is_valid():
        return page(request, LOG, _shell(request, form), status=UNPROCESSABLE)
    at = now()
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    record(verb=TAKEN, subject="", detail=asked, by=request.user, at=at)
    name = f"sign-ins-{at:%Y-%m-%d}.csv"
    return download(csv_chunks(COLUMNS, _rows(request, form)), name=name, media_type="text/csv")


def _shell(request: HttpRequest, form: LogForm) -> dict[str, Any]:
    return {"form": form, "tabs": tabs_for(request.user, "session_log")}


def _rows(request: HttpRequest, form: LogForm) -> Iterator[list[Cell]]:
    found = queries.sessions_visible_to(request.user, form.wanted())
    for row in found.iterator(chunk_size=CHUNK_ROWS):
        branch = row.user.branch.name if row.user.branch else ""
        whose: list[Cell] = [row.user.full_name, row.user.role, branch]
        end: list[Cell] = [row.ended_at, row.ended_because, str(row.ended_by or "")]
        yield [row.pk, *whose, row.started_at, row.seen_at, *end, row.source, row.words]


urlpatterns = [
    path("sign-ins/log/", session_log, name="session_log"),
    path("sign-ins/log.csv", session_log_csv, name="session_log_csv"),
]
