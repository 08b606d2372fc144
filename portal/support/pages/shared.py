"""What both sides of a thread use: drafts, files, the thread on paper."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.roles import Role
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, see_other
from portal.documents.asking import ask_for_paper
from portal.documents.handling import as_response
from portal.documents.uploads import contents
from portal.people.models import User
from portal.support import queries, services
from portal.support.models import Message

THREAD = "support.thread_pdf"


@requires(Capability.TICKET_RAISE)
@require_POST
def thread_draft(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Keep what is being written; says so in a line. A reading colleague sees that somebody writes."""
    ticket = get_object_or_404(queries.reachable(request.user), pk=ticket_id)
    try:
        services.save_draft(ticket=ticket, text=request.POST.get("text", ""), by=request.user, at=now())
    except Refused as refusal:
        raise Http404(refusal.message) from refusal
    return page(request, "support/draft.html", {"at": now()})


@requires(Capability.TICKET_RAISE)
@require_POST
def thread_take_back(request: HttpRequest, ticket_id: UUID, turn: int) -> HttpResponse:
    """Take back what one has just sent; it stands in the field again."""
    ticket = get_object_or_404(queries.reachable(request.user), pk=ticket_id)
    message = get_object_or_404(Message.objects.select_related("ticket").filter(ticket=ticket), turn=turn)
    try:
        services.take_back(message=message, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    is_customer = cast(User, request.user).role == Role.CUSTOMER
    return see_other(reverse("help_detail" if is_customer else "ticket_detail", args=[ticket.pk]))


@requires(Capability.TICKET_RAISE)
@require_POST
def thread_pdf(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Ask for the whole thread, or a complaint's final letter, as a PDF."""
    ticket = get_object_or_404(queries.reachable(request.user), pk=ticket_id)
    letter = request.POST.get("what") == "letter"
    args = {"ticket": str(ticket.pk), "letter": letter}
    # A redress paid after the final answer is no turn, but a line of the letter.
    key = f"{ticket.pk}:{ticket.turns}:{ticket.changes.count()}:{int(letter)}:{ticket.state}"
    try:
        return ask_for_paper(request, THREAD, args, key=key)
    except Refused as refusal:
        return page(request, "support/refused.html", {"refusal": refusal.message}, status=422)


@requires(Capability.DOCUMENT_VIEW)
@require_safe
def thread_file(request: HttpRequest, ticket_id: UUID, upload_id: UUID) -> HttpResponse:
    """One file of a thread, sandboxed, a PDF as an attachment; 404 for whoever may not see the thread."""
    upload = queries.attachment_for(request.user, ticket_id, upload_id)
    try:
        return as_response(upload, contents(upload))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal
