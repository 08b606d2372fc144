"""Replies that both sides read, notes that only colleagues read, and what is not sent yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import IO, Any

from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.live.services import announce
from portal.support import queries
from portal.support.models import Complaint, Draft, Message, Note, TakenBack, Ticket
from portal.support.services.common import (
    keep_files,
    locked,
    move,
    refuse_merged,
    refuse_out_of_reach,
    tell_customer,
    tell_pages,
    tell_staff,
)

State = Ticket.State


@transactional
def reply(
    *, ticket: Ticket, text: str, turns: int, key: str, by: Any, at: datetime, files: Collection[IO[bytes]] = ()
) -> Message:
    """Say something that both sides read; the same `key` says it once. `turns` is how much of the thread was read.

    A customer's word opens the ticket again, a member of staff's waits for the customer; the first of staff stops the clock
    of the first reply and acknowledges a complaint. Refused: no words, another's ticket, a closed one; `Stale` when
    something was said meanwhile.
    """
    known = Message.objects.filter(key=_key(ticket, by, key), ticket=ticket).first()
    if known is not None:
        return known
    is_staff = by.role != Role.CUSTOMER
    held = locked(ticket)
    _refuse(held, is_staff, text, by)
    if held.turns != turns:
        raise Stale("Something was said meanwhile: it stands above. Read it, then send yours if it still fits.")
    held.turns += 1
    message = Message.objects.create(
        ticket=held, turn=held.turns, author=by, is_staff=is_staff, text=text.strip(), at=at, key=_key(ticket, by, key)
    )
    keep_files(message, files, by=by, at=at)
    _stop_clock(held, is_staff, at)
    held.save(update_fields=["turns", "replied_at"])
    move(held, State.WAITING if is_staff else State.OPEN, by=by, at=at)
    Draft.objects.filter(ticket=held, user=by).delete()
    _tell(held, message, is_staff, by, at)
    return message


@transactional
def take_back(*, message: Message, by: Any, at: datetime) -> TakenBack:
    """Let nobody read a message any more that one has just sent; what was typed is one's draft again. A second time changes nothing.

    Refused: another's message, the one a ticket began with, one that is older than two minutes, one that was answered.
    """
    held = locked(message.ticket)
    _refuse_reach(held, by.role != Role.CUSTOMER, by)
    gone = TakenBack.objects.filter(message=message).first()
    if gone is not None:
        return gone
    if message.author_id != by.pk or message.turn == 1:
        raise Refused("Only a reply of your own can be taken back.", code="not_yours")
    if held.turns != message.turn:
        raise Refused("Something was said after it: it stays.", code="answered")
    if at - message.at >= queries.TAKE_BACK_WITHIN:
        raise Refused("That was more than two minutes ago: it stays.", code="late")
    gone = TakenBack.objects.create(message=message, by=by, at=at)
    Draft.objects.update_or_create(ticket=held, user=by, defaults={"text": message.text, "saved_at": at})
    if message.is_staff:
        _unanswered(held, message, by, at)
    tell_pages(held)
    return gone


def _unanswered(ticket: Ticket, message: Message, by: Any, at: datetime) -> None:
    """The ticket is work again; a clock that this reply alone had stopped runs on."""
    if not Message.objects.filter(ticket=ticket, is_staff=True, taken_back=None).exists():
        ticket.replied_at = None
        ticket.save(update_fields=["replied_at"])
        Complaint.objects.filter(ticket=ticket, acknowledged_at=message.at).update(acknowledged_at=None)
    if ticket.state == State.WAITING:
        move(ticket, State.OPEN, reason="Taken back", by=by, at=at)


@transactional
def write_note(*, ticket: Ticket, text: str, key: str, by: Any, at: datetime) -> Note:
    """Write down something for colleagues only; the same `key` once. Refused: no words, out of reach."""
    refuse_out_of_reach(ticket, by)
    if not text.strip():
        raise Refused("Write something to your colleagues.", code="text", field="note")
    known = Note.objects.filter(key=_key(ticket, by, key), ticket=ticket).first()
    if known is not None:
        return known
    note = Note.objects.create(ticket=ticket, author=by, text=text.strip(), at=at, key=_key(ticket, by, key))
    tell_pages(ticket)
    return note


@transactional
def save_draft(*, ticket: Ticket, text: str, by: Any, at: datetime) -> Draft:
    """Keep what somebody is writing; colleagues who look at the ticket see that somebody does. Refused: another's ticket."""
    _refuse_reach(ticket, by.role != Role.CUSTOMER, by)
    before = Draft.objects.filter(ticket=ticket, user=by, text__gt="").exists()
    draft, _ = Draft.objects.update_or_create(ticket=ticket, user=by, defaults={"text": text[:8000], "saved_at": at})
    if before != bool(text):
        announce(f"ticket:{ticket.pk}")
    return draft


def _key(ticket: Ticket, by: Any, key: str) -> str:
    return f"{ticket.serial}:{by.pk}:{key}"


def _refuse_reach(ticket: Ticket, is_staff: bool, by: Any) -> None:
    if is_staff:
        refuse_out_of_reach(ticket, by)
    elif not queries.tickets_of(by).filter(pk=ticket.pk).exists():
        raise Refused("This is not yours.", code="out_of_reach")


def _refuse(ticket: Ticket, is_staff: bool, text: str, by: Any) -> None:
    _refuse_reach(ticket, is_staff, by)
    refuse_merged(ticket)
    if ticket.state == State.CLOSED:
        raise Refused("This is closed. Write a new one: it will be linked by its number.", code="closed")
    if not text.strip():
        raise Refused("Write something.", code="text", field="text")


def _stop_clock(ticket: Ticket, is_staff: bool, at: datetime) -> None:
    if is_staff:
        ticket.replied_at = ticket.replied_at or at
        Complaint.objects.filter(ticket=ticket, acknowledged_at=None).update(acknowledged_at=at)


def _tell(ticket: Ticket, message: Message, is_staff: bool, by: Any, at: datetime) -> None:
    if is_staff:
        tell_customer(ticket, "ticket.reply", str(message.turn), by=by, at=at)
    elif ticket.assignee is not None:
        tell_staff(ticket, ticket.assignee, "ticket.waiting", str(message.turn), by=by, at=at)
    tell_pages(ticket)
