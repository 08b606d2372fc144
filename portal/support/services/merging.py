"""Two tickets about one thing become one; one about two things becomes two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.support.models import Attachment, Message, Ticket
from portal.support.models.desk import Kind
from portal.support.services.common import (
    locked,
    note_change,
    refuse_merged,
    refuse_out_of_reach,
    tell_pages,
)
from portal.support.services.raising import NewTicket, raise_ticket


@transactional
def merge_tickets(*, ticket: Ticket, into: Ticket, by: Any, at: datetime) -> Ticket:
    """End a ticket in favour of another of the same customer: its messages are repeated there, both name each other.

    Refused: oneself, another customer's, out of reach, one that was merged, a complaint into anything else.
    """
    if ticket.pk == into.pk:
        raise Refused("A ticket cannot be merged into itself.", code="itself", field="into")
    refuse_out_of_reach(ticket, by)
    refuse_out_of_reach(into, by)
    first, second = sorted((ticket, into), key=lambda each: each.serial)
    held = {each.pk: locked(each) for each in (first, second)}
    source, target = held[ticket.pk], held[into.pk]
    refuse_merged(source)
    refuse_merged(target)
    if source.customer_id != target.customer_id:
        raise Refused("These are of two customers.", code="customer", field="into")
    if source.kind == Kind.COMPLAINT and target.kind != Kind.COMPLAINT:
        raise Refused("A complaint keeps its deadline: merge the other into it.", code="complaint", field="into")
    _repeat(source, target, by, at)
    before = source.get_state_display()
    source.state, source.merged_into, source.resolved_at = Ticket.State.MERGED, target, at
    source.save(update_fields=["state", "merged_into", "resolved_at"])
    note_change(source, "state", before, f"Merged into {target.number}", by=by, at=at)
    note_change(target, "merged", "", f"{source.number} was merged into this", by=by, at=at)
    tell_pages(source)
    tell_pages(target)
    return target


def _repeat(source: Ticket, target: Ticket, by: Any, at: datetime) -> None:
    """The other's messages, each with its author and moment, at the end of this thread; files go along."""
    for message in source.messages.filter(taken_back=None).prefetch_related("attachments"):
        target.turns += 1
        copy = Message.objects.create(
            ticket=target,
            turn=target.turns,
            author_id=message.author_id,
            is_staff=message.is_staff,
            text=f"[{source.number}] {message.text}"[:8000],
            at=message.at,
            key=f"merge:{message.pk}:{target.pk}",
        )
        Attachment.objects.filter(message=message).update(message=copy)
    target.save(update_fields=["turns"])


@transactional
def split_ticket(*, ticket: Ticket, message: Message, subject: str, key: str, by: Any, at: datetime) -> Ticket:
    """Begin another ticket of the same category with what a message of the customer says; both name each other.

    Refused: out of reach, a message of another ticket or of staff, no subject.
    """
    refuse_out_of_reach(ticket, by)
    held = locked(ticket)
    refuse_merged(held)
    if message.ticket_id != held.pk or message.is_staff or hasattr(message, "taken_back"):
        raise Refused("Choose a message of the customer in this thread.", code="message", field="turn")
    new = NewTicket(
        category=held.category,
        subject=subject,
        text=message.text,
        account=held.account,
        reference=held.reference,
        priority=held.priority,
    )
    part = raise_ticket(customer=held.customer, new=new, key=f"split:{by.pk}:{key}", by=by, at=at)
    if part.split_from_id is None:
        part.split_from = held
        part.save(update_fields=["split_from"])
        note_change(held, "split", "", f"{part.number} was split off: {part.subject}", by=by, at=at)
        note_change(part, "split", "", f"Split off {held.number}", by=by, at=at)
    tell_pages(held)
    return part
