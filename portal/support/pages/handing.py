"""Handing a ticket to another branch, and saying what it is about."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, see_other
from portal.support import services
from portal.support.pages.forms import HandForm, LinkForm
from portal.support.pages.ticket import DETAIL, context_of, workable


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_link(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Which account and which reference it is about."""
    ticket = workable(request, ticket_id)
    form = LinkForm(request.POST, ticket=ticket)
    if form.is_valid():
        try:
            services.link_ticket(ticket=ticket, **form.cleaned_data, by=request.user, at=now())
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            return see_other(reverse("ticket_detail", args=[ticket.pk]))
    return page(request, DETAIL, context_of(request, ticket, link_form=form), status=422)


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_hand_over(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """To the desk of another branch; back to the queue, since it may be out of reach now."""
    ticket = workable(request, ticket_id)
    form = HandForm(request.POST, ticket=ticket)
    if form.is_valid():
        given = {"branch": form.cleaned_data["branch"], "reason": form.cleaned_data["why"]}
        try:
            held = services.hand_to_branch(ticket=ticket, **given, by=request.user, at=now())
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, f"{held.number} is with {held.branch} now.")
            return see_other(reverse("ticket_queue"))
    return page(request, DETAIL, context_of(request, ticket, hand_form=form), status=422)
