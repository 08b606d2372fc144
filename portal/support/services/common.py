"""What the services of tickets share: the lock, the trail of changes, telling open pages and people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import IO, Any

from django.urls import reverse
from django.utils.timezone import localtime

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.documents.uploads import receive
from portal.live.services import announce
from portal.notifications.services import notify
from portal.support import queries
from portal.support.models import Attachment, Change, Message, Ticket

QUEUE = "queue:all"
MOST_FILES = 5


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now, held until the transaction ends."""
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("category", "branch", "customer")
        .get(pk=ticket.pk)
    )


def refuse_out_of_reach(ticket: Ticket, by: Any, capability: Capability = Capability.TICKET_WORK) -> None:
    """Refuse whoever may not work on this ticket, whatever page they came from."""
    if not queries.tickets_for(by, capability).filter(pk=ticket.pk).exists():
        raise Refused("You may not work on this.", code="out_of_reach")


def refuse_merged(ticket: Ticket) -> None:
    if ticket.state == Ticket.State.MERGED:
        raise Refused("This was merged into another: go on there.", code="merged")


def note_change(
    ticket: Ticket, what: str, before: str, after: str, *, reason: str = "", by: Any, at: datetime
) -> Change:
    return Change.objects.create(
        ticket=ticket, what=what, before=before[:120], after=after[:120], reason=reason.strip()[:300], by=by, at=at
    )


def move(ticket: Ticket, state: str, *, reason: str = "", by: Any, at: datetime) -> None:
    """Another state, written down; the clock of settling stops and runs again."""
    if ticket.state == state:
        return
    before, ticket.state = ticket.get_state_display(), state
    over = {Ticket.State.RESOLVED.value, Ticket.State.CLOSED.value}
    if state in over:
        ticket.resolved_at = ticket.resolved_at or at
    else:
        ticket.resolved_at = None
    ticket.save(update_fields=["state", "resolved_at"])
    note_change(ticket, "state", before, ticket.get_state_display(), reason=reason, by=by, at=at)


def keep_files(message: Message, files: Collection[IO[bytes]], *, by: Any, at: datetime) -> None:
    """Keep what came with a message. Refused: too many, and what uploads refuse of each."""
    if len(files) > MOST_FILES:
        raise Refused(f"At most {MOST_FILES} files go with one message.", code="files", field="brought")
    for file in files:
        upload = receive(file=file, subject=f"t:{message.ticket_id}", purpose="attachment", by=by, at=at)
        Attachment.objects.create(message=message, upload=upload)


def tell_pages(ticket: Ticket) -> None:
    """Open pages of this ticket, and of the queue."""
    announce(f"ticket:{ticket.pk}")
    announce(QUEUE)


def tell_customer(ticket: Ticket, kind: str, key: str, *, by: Any, at: datetime, **more: str) -> None:
    context: Mapping[str, str] = {"number": ticket.number, "subject": ticket.subject, **more}
    url = reverse("help_detail", args=[ticket.pk])
    notify(kind=kind, person=ticket.customer, context=context, key=f"{ticket.pk}:{key}", by=by, at=at, url=url)


def tell_staff(ticket: Ticket, person: Any, kind: str, key: str, *, by: Any, at: datetime, **more: str) -> None:
    context: Mapping[str, str] = {"number": ticket.number, "subject": ticket.subject, **more}
    url = reverse("ticket_detail", args=[ticket.pk])
    notify(kind=kind, person=person, context=context, key=f"{ticket.pk}:{key}", by=by, at=at, url=url)


def said(at: datetime) -> str:
    """A moment as people read it in a notice."""
    return f"{localtime(at):%d %b %Y, %H:%M}"
