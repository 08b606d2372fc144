"""One ticket at the desk: replying, noting, changing, merging and splitting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.support import queries, services
from portal.support.models import Message, Step, Ticket
from portal.support.pages.forms import ChangeForm, HandForm, LinkForm, MergeForm, NoteForm, SplitForm, ThreadForm
from portal.support.pages.helping import fresh

DETAIL = "support/ticket_detail.html"


@requires(Capability.TICKET_VIEW)
@require_safe
def ticket_detail(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """The thread with its notes and changes, and what can be done."""
    ticket = get_object_or_404(queries.tickets_for(request.user), pk=ticket_id)
    form = ThreadForm(initial={"turns": ticket.turns, "text": queries.draft_of(ticket, request.user)})
    return page(request, DETAIL, context_of(request, ticket, form=form), partials=("thread", "colleagues"))


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_reply(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Say something the customer reads; the button of a canned reply sends that one."""
    ticket = workable(request, ticket_id)
    form = ThreadForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, DETAIL, context_of(request, ticket, form=form), form)
    given = form.said
    try:
        services.reply(ticket=ticket, **given, by=request.user, at=now())
    except Refused as error:
        ticket.refresh_from_db()
        context = context_of(request, ticket, form=fresh(form, ticket, error))
        return refused(request, DETAIL, context, form, error)
    return see_other(_url(ticket))


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_note(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    ticket = workable(request, ticket_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return page(request, DETAIL, context_of(request, ticket, note_form=form), status=422)
    given = {"text": form.cleaned_data["note"], "key": form.cleaned_data["key"]}
    return _done(request, ticket, lambda acting: services.write_note(ticket=ticket, **given, **acting))


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_change(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Whose it is, how urgent, in which state, its tags."""
    ticket = workable(request, ticket_id)
    form = ChangeForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return page(request, DETAIL, context_of(request, ticket, change_form=form), status=422)
    given = form.cleaned_data

    def change(acting: dict[str, Any]) -> None:
        services.assign(ticket=ticket, to=given["assignee"], **acting)
        services.change_priority(ticket=ticket, priority=given["priority"], **acting)
        services.tag(ticket=ticket, tags=given["tags"].split(), **acting)
        if given["state"] != ticket.state:
            services.change_state(ticket=ticket, state=given["state"], reason=given["reason"], **acting)

    return _done(request, ticket, change)


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_step(request: HttpRequest, ticket_id: UUID, step_id: int) -> HttpResponse:
    """Tick a stage off, or take the tick back."""
    ticket = workable(request, ticket_id)
    step = get_object_or_404(Step.objects.filter(ticket=ticket), pk=step_id)
    done = request.POST.get("done") == "1"
    return _done(request, ticket, lambda acting: services.do_step(step=step, done=done, **acting))


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_merge(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    ticket = workable(request, ticket_id)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return page(request, DETAIL, context_of(request, ticket, merge_form=form), status=422)
    into = queries.tickets_for(request.user, Capability.TICKET_WORK).filter(serial=form.cleaned_data["into"]).first()
    if into is None:
        form.add_error("into", "There is no such ticket among yours.")
        return page(request, DETAIL, context_of(request, ticket, merge_form=form), status=422)
    return _done(request, ticket, lambda acting: services.merge_tickets(ticket=ticket, into=into, **acting), to=into)


@requires(Capability.TICKET_WORK)
@require_POST
def ticket_split(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    ticket = workable(request, ticket_id)
    form = SplitForm(request.POST, ticket=ticket)
    message = form.is_valid() and Message.objects.filter(ticket=ticket, turn=form.cleaned_data["turn"]).first()
    if not message:
        return page(request, DETAIL, context_of(request, ticket, split_form=form), status=422)
    given = {"subject": form.cleaned_data["subject"], "key": form.cleaned_data["key"]}
    return _done(
        request, ticket, lambda acting: services.split_ticket(ticket=ticket, message=message, **given, **acting)
    )


def context_of(request: HttpRequest, ticket: Ticket, **forms: Any) -> dict[str, Any]:
    """Everything the page shows; `forms` take the place of empty ones."""
    user, turns = request.user, queries.staff_thread(ticket)
    return {
        "ticket": ticket,
        "turns": turns,
        "mine_to_take_back": queries.may_take_back(turns, user, at=now()),
        "steps": ticket.steps.select_related("done_by"),
        "complaint": queries.complaint_of(ticket),
        "busy": queries.drafts_beside(ticket, user, at=now()),
        "may_work": allows(user, Capability.TICKET_WORK) and ticket.state != Ticket.State.MERGED,
        "macros": queries.macros(),
        "at": now(),
        "form": ThreadForm(initial={"turns": ticket.turns}),
        "note_form": NoteForm(),
        "change_form": ChangeForm(ticket=ticket),
        "merge_form": MergeForm(),
        "split_form": SplitForm(ticket=ticket),
        "link_form": LinkForm(ticket=ticket),
        "hand_form": HandForm(ticket=ticket),
        **forms,
    }


def workable(request: HttpRequest, ticket_id: UUID) -> Ticket:
    """The ticket, if this user may work on it; else 404."""
    return get_object_or_404(queries.tickets_for(request.user, Capability.TICKET_WORK), pk=ticket_id)


def _url(ticket: Ticket) -> str:
    return reverse("ticket_detail", args=[ticket.pk])


def _done(request: HttpRequest, ticket: Ticket, act: Any, *, to: Ticket | None = None) -> HttpResponse:
    """Do it and go back; what is refused is told on the page."""
    try:
        act({"by": request.user, "at": now()})
    except Refused as refusal:
        ticket.refresh_from_db()
        context = context_of(request, ticket) | {"refusal": refusal.message}
        return page(request, DETAIL, context, status=409 if refusal.code == "stale" else 422)
    messages.success(request, "Done.")
    return see_other(_url(to or ticket))
