"""The journal of a drawer session, and asking for it on paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.render import page
from portal.counter.journals import is_hidden, journal_of
from portal.documents.asking import paper_or_back
from portal.drawers.queries import sessions_visible_to

PAPER = "counter.journal_pdf"


@requires(Capability.DRAWER_VIEW)
@require_safe
def counter_journal(request: HttpRequest, session_id: int) -> HttpResponse:
    """Everything a session served. To its own cashier not before the drawer is counted."""
    session = get_object_or_404(sessions_visible_to(request.user), pk=session_id)
    context: dict[str, Any] = {"session": session}
    if not is_hidden(request.user, session):
        context["journal"] = journal_of(session)
    return page(request, "counter/journal.html", context)


@requires(Capability.DRAWER_VIEW)
@require_POST
def counter_journal_paper(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask for the journal as a PDF."""
    session = get_object_or_404(sessions_visible_to(request.user), pk=session_id)
    if is_hidden(request.user, session):
        raise Http404
    key = f"{session.pk}:{session.state}:{now():%Y-%m-%dT%H:%M}"
    up = reverse("counter_journal", args=[session.pk])
    return paper_or_back(request, PAPER, {"session": session.pk}, key=key, up=up)
