"""The list of drawer sessions, and the report of each: X while it is open, Z for ever after."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.render import page
from portal.base.tables import arranged
from portal.drawers import queries
from portal.drawers.models import DrawerSession
from portal.drawers.pages.tables import SessionTable


@requires(Capability.DRAWER_VIEW)
@require_safe
def drawer_list(request: HttpRequest) -> HttpResponse:
    """The sessions a user may see, newest first."""
    table = SessionTable(queries.sessions_visible_to(request.user))
    return page(request, "drawers/session_list.html", {"table": arranged(request, table)}, partials=("results",))


@requires(Capability.DRAWER_VIEW)
@require_safe
def drawer_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """The X or Z report. To its own cashier no sum that tells the expected cash is shown until the count is done."""
    session = get_object_or_404(queries.sessions_visible_to(request.user), pk=session_id)
    own, state = session.cashier_id == request.user.pk, session.state
    closed = state == DrawerSession.State.CLOSED
    context = {
        "report": queries.report(session),
        "count": queries.last_count(session) if closed else [],
        "closed": closed,
        "told": closed or not own,
        "sealed": own and state == DrawerSession.State.COUNTED,
        "is_copy": "copy" in request.GET,
        "taken_over": getattr(session, "take_over", None),
    }
    return page(request, "drawers/report.html", context)
