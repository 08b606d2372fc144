"""The log of sessions: who signed in when, from where, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.exports import Cell
from portal.signin import queries
from portal.signin.pages.forms import LogForm
from portal.signin.pages.tables import LogTable
from portal.signin.pages.watching import listed, taken

LOG = "signin/session_log.html"
HERE = "session_log"
COLUMNS = ("id", "person", "role", "branch", "signed_in", "last_seen", "ended", "why", "ended_by", "address", "device")
CHUNK_ROWS = 500


@requires(Capability.SIGNIN_VIEW)
@require_safe
def session_log(request: HttpRequest) -> HttpResponse:
    """Who signed in and out among the people one answers for; the staff, unless others are asked for."""
    form = LogForm(request.GET)
    return listed(request, LOG, HERE, form, lambda: LogTable(queries.sessions_visible_to(request.user, form.wanted())))


@requires(Capability.SIGNIN_VIEW)
@require_safe
def session_log_csv(request: HttpRequest) -> HttpResponseBase:
    """Everything that was searched for as one file."""
    form = LogForm(request.GET)
    return taken(
        request,
        LOG,
        HERE,
        form,
        COLUMNS,
        partial(_rows, request, form),
        verb="log of sessions downloaded",
        name="sign-ins",
    )


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
