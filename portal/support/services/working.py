"""Working on tickets: whose they are, how urgent, in which state, tags, stages, canned replies, and how it was rated."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.support import queries
from portal.support.models import Complaint, Macro, Message, Step, Ticket
from portal.support.models.desk import Kind
from portal.support.services.common import (
    locked,
    move,
    note_change,
    refuse_merged,
    refuse_out_of_reach,
    tell_customer,
    tell_pages,
    tell_staff,
)
from portal.support.services.replying import reply

MOST_TAGS = 10
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")


@transactional
def assign(*, ticket: Ticket, to: Any, by: Any, at: datetime) -> Ticket:
    """Give a ticket to somebody who may work on it, or to nobody. Refused: out of reach, a merged one."""
    held = _workable(ticket, by)
    if to is not None and (not allows(to, Capability.TICKET_WORK) or not _reaches(to, held)):
        raise Refused(f"{to} cannot work on this: it belongs to {held.branch}.", code="assignee", field="assignee")
    if held.assignee_id == (to.pk if to else None):
        return held
    before, held.assignee = str(held.assignee or "Nobody"), to
    held.save(update_fields=["assignee"])
    note_change(held, "assignee", before, str(to or "Nobody"), by=by, at=at)
    if to is not None and to.pk != by.pk:
        tell_staff(held, to, "ticket.assigned", f"{to.pk}:{at.isoformat()}", by=by, at=at, giver=str(by))
    tell_pages(held)
    return held


@transactional
def change_state(*, ticket: Ticket, state: str, reason: str = "", by: Any, at: datetime) -> Ticket:
    """Settle, close or open again. Refused: a complaint that has no final answer yet, and what only merging does."""
    held = _workable(ticket, by)
    wanted = Ticket.State(state)
    if wanted is Ticket.State.MERGED:
        raise Refused("Merge it into another instead.", code="merge")
    over = wanted in {Ticket.State.RESOLVED, Ticket.State.CLOSED}
    if over and held.kind == Kind.COMPLAINT and Complaint.objects.filter(ticket=held, settled_at=None).exists():
        raise Refused("A complaint needs its final answer first: outcome, cause and finding.", code="no_answer")
    was = held.state
    move(held, wanted, reason=reason, by=by, at=at)
    if wanted is Ticket.State.RESOLVED and was != wanted:
        tell_customer(held, "ticket.resolved", at.isoformat(), by=by, at=at)
    tell_pages(held)
    return held


@transactional
def change_priority(*, ticket: Ticket, priority: int, by: Any, at: datetime) -> Ticket:
    """How urgent it is, in the queue. The promised times stay."""
    held = _workable(ticket, by)
    before, held.priority = held.get_priority_display(), Ticket.Priority(priority)
    if before != held.get_priority_display():
        held.save(update_fields=["priority"])
        note_change(held, "priority", before, held.get_priority_display(), by=by, at=at)
        tell_pages(held)
    return held


@transactional
def tag(*, ticket: Ticket, tags: list[str], by: Any, at: datetime) -> Ticket:
    """The tags of a ticket, all of them. Refused: a tag that is no word of small letters, digits and dashes."""
    held = _workable(ticket, by)
    wanted = list(dict.fromkeys(word.strip().lower() for word in tags if word.strip()))
    wrong = [word for word in wanted if not _TAG.fullmatch(word)]
    if wrong or len(wanted) > MOST_TAGS:
        raise Refused(f"Tags are at most {MOST_TAGS} words of letters, digits and dashes.", code="tag", field="tags")
    if wanted != held.tags:
        before, held.tags = ", ".join(held.tags), wanted
        held.save(update_fields=["tags"])
        note_change(held, "tags", before or "none", ", ".join(wanted) or "none", by=by, at=at)
        tell_pages(held)
    return held


@transactional
def do_step(*, step: Step, done: bool, by: Any, at: datetime) -> Step:
    """Tick off a stage of a service request, or take the last tick back. Refused: out of its order, out of reach."""
    ticket = _workable(step.ticket, by)
    row = Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
    others = Step.objects.filter(ticket=ticket)
    early = others.filter(position__lt=row.position, done_at=None) if done else others.none()
    late = others.filter(position__gt=row.position, done_at__isnull=False) if not done else others.none()
    if early.exists() or late.exists():
        raise Refused("Stages are done, and undone, one after the other.", code="order")
    if (row.done_at is not None) is not done:
        row.done_by, row.done_at = (by, at) if done else (None, None)
        row.save(update_fields=["done_by", "done_at"])
        note_change(ticket, "stage", "", f"{row.label}: {'done' if done else 'not done'}", by=by, at=at)
        tell_pages(ticket)
    return row


@transactional
def use_macro(*, ticket: Ticket, macro: Macro, turns: int, key: str, by: Any, at: datetime) -> Message:
    """Send a canned reply and do what it does beside. Refused: a retired one, and whatever a reply is refused for."""
    if macro.is_retired:
        raise Refused("This reply is retired.", code="retired")
    message = reply(ticket=ticket, text=macro.text, turns=turns, key=key, by=by, at=at)
    if macro.then_tag and macro.then_tag not in message.ticket.tags:
        tag(ticket=ticket, tags=[*message.ticket.tags, macro.then_tag], by=by, at=at)
    if macro.then_state:
        change_state(ticket=ticket, state=macro.then_state, reason=macro.name, by=by, at=at)
    return message


@transactional
def rate(*, ticket: Ticket, rating: int, text: str, by: Any, at: datetime) -> Ticket:
    """A customer says how it went, once it is settled; again replaces it. Refused: another's, one that is open."""
    if not queries.tickets_of(by).filter(pk=ticket.pk).exists():
        raise Refused("This is not yours.", code="out_of_reach")
    held = locked(ticket)
    if held.state not in {Ticket.State.RESOLVED, Ticket.State.CLOSED}:
        raise Refused("Tell us once it is settled.", code="open")
    if not 1 <= rating <= 5:
        raise Refused("Choose one to five.", code="rating", field="rating")
    held.rating, held.rating_text, held.rated_at = rating, text.strip()[:500], at
    held.save(update_fields=["rating", "rating_text", "rated_at"])
    tell_pages(held)
    return held


def _workable(ticket: Ticket, by: Any) -> Ticket:
    refuse_out_of_reach(ticket, by)
    held = locked(ticket)
    refuse_merged(held)
    return held


def _reaches(user: Any, ticket: Ticket) -> bool:
    return queries.tickets_for(user, Capability.TICKET_WORK).filter(pk=ticket.pk).exists()
