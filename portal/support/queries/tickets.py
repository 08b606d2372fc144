"""Which tickets somebody may see, and the thread as each side reads it.

The thread of a customer is read from the messages alone; notes have a table of their own, which only `staff_thread` asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope, scope_for
from portal.access.roles import Role
from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.people.models import User
from portal.support.models import Attachment, Complaint, Draft, Message, Ticket

OPEN_STATES = ("new", "open", "waiting")
BUSY_FOR = timedelta(seconds=20)
TAKE_BACK_WITHIN = timedelta(minutes=2)
"""How long whoever wrote a message may take it back, if nothing was said after it."""
_RELATED = ("category", "customer__branch", "branch", "assignee", "account__product")


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of a thread. `what` is message, note or change."""

    what: str
    at: datetime
    who: str
    text: str
    is_staff: bool
    attachments: list[Attachment]
    message: Message | None = None
    is_taken_back: bool = False


def tickets_of(user: Any) -> QuerySet[Ticket]:
    """A customer's own tickets, newest first."""
    if scope_of(user, Capability.TICKET_RAISE) is not Scope.OWN:
        return Ticket.objects.none()
    return Ticket.objects.filter(customer_id=user.customer_id).select_related(*_RELATED)


def tickets_for(user: Any, capability: Capability = Capability.TICKET_VIEW) -> QuerySet[Ticket]:
    """The tickets within a member of staff's reach."""
    scope = scope_of(user, capability)
    tickets = Ticket.objects.select_related(*_RELATED)
    if scope is Scope.ALL:
        return tickets
    if scope is Scope.BRANCH:
        return tickets.filter(branch_id=user.branch_id)
    return tickets.none()


def queue_for(user: Any, view: str = "", *, at: datetime) -> QuerySet[Ticket]:
    """What is to be worked on, the next deadline first. Views: `mine`, `unassigned`, `due` (today), `all`, `over`."""
    found = tickets_for(user)
    if view == "over":
        return found.exclude(state__in=OPEN_STATES).order_by("-serial")
    found = found.filter(state__in=OPEN_STATES)
    if view == "mine":
        found = found.filter(assignee=user)
    elif view == "unassigned":
        found = found.filter(assignee=None)
    elif view == "due":
        soon = at + timedelta(days=1)
        found = found.filter(Q(resolve_due__lte=soon) | Q(replied_at=None, reply_due__lte=soon))
    return found.order_by("-priority", "resolve_due", "serial")


def counts_for(user: Any, *, at: datetime) -> dict[str, int]:
    """How many stand in each view."""
    return {view: queue_for(user, view, at=at).order_by().count() for view in ("mine", "unassigned", "due", "all")}


def thread(ticket: Ticket) -> list[Turn]:
    """What both sides read."""
    messages = ticket.messages.select_related("author", "taken_back").prefetch_related("attachments__upload")
    return [_turn(message, is_gone=hasattr(message, "taken_back")) for message in messages]


def _turn(message: Message, *, is_gone: bool) -> Turn:
    """A message as both sides read it. Of one that was taken back nothing is read but that it was there."""
    return Turn(
        what="message",
        at=message.at,
        who=message.author.full_name if message.author else "The portal",
        text="Taken back." if is_gone else message.text,
        is_staff=message.is_staff,
        attachments=[] if is_gone else list(message.attachments.all()),
        message=message,
        is_taken_back=is_gone,
    )


def may_take_back(turns: list[Turn], user: Any, *, at: datetime) -> Message | None:
    """The last message of a thread, while this reader may still take it back."""
    last = next((turn for turn in reversed(turns) if turn.message is not None), None)
    if last is None or last.message is None or last.is_taken_back or last.message.turn == 1:
        return None
    is_own = last.message.author_id == user.pk and at - last.message.at < TAKE_BACK_WITHIN
    return last.message if is_own else None


def staff_thread(ticket: Ticket) -> list[Turn]:
    """The messages, with what colleagues noted and what changed between them."""
    notes = [
        Turn("note", note.at, note.author.full_name, note.text, is_staff=True, attachments=[])
        for note in ticket.notes.select_related("author")
    ]
    changes = [
        Turn("change", change.at, change.by.full_name if change.by else "The portal", _told(change), True, [])
        for change in ticket.changes.select_related("by")
    ]
    return sorted([*thread(ticket), *notes, *changes], key=lambda turn: turn.at)


def _told(change: Any) -> str:
    text = f"{change.what.capitalize()}: {change.before} → {change.after}" if change.before else change.after
    return f"{text} ({change.reason})" if change.reason else str(text)


def attachment_for(user: Any, ticket_id: UUID, upload_id: UUID) -> Upload:
    """A file of a ticket that this user may see, once it may be shown; else 404."""
    reach = tickets_of(user) if scope_of(user, Capability.TICKET_RAISE) is Scope.OWN else tickets_for(user)
    found = Attachment.objects.select_related("upload").filter(
        message__ticket__in=reach.filter(pk=ticket_id),
        message__taken_back=None,
        upload_id=upload_id,
        upload__state=Upload.State.READY,
    )
    attachment = found.first()
    if attachment is None:
        raise Http404("no such file")
    return attachment.upload


def drafts_beside(ticket: Ticket, user: Any, *, at: datetime) -> list[str]:
    """The names of colleagues who are writing to this ticket right now."""
    busy = Draft.objects.filter(ticket=ticket, saved_at__gte=at - BUSY_FOR).exclude(user=user).exclude(text="")
    return list(busy.filter(user__customer=None).values_list(F("user__full_name"), flat=True))


def may_follow(user: Any, ticket_id: str) -> bool:
    """Whether an open page of this user may be told about the ticket."""
    try:
        key = UUID(ticket_id)
    except ValueError:
        return False
    return tickets_of(user).filter(pk=key).exists() or tickets_for(user).filter(pk=key).exists()


def may_follow_queue(user: Any, name: str) -> bool:
    """Whether a page of this user may be told that the queue changed."""
    return name == "all" and scope_of(user, Capability.TICKET_VIEW) is not Scope.NONE


def reachable(user: Any) -> QuerySet[Ticket]:
    """A customer's own tickets, or those within a member of staff's reach."""
    return tickets_of(user) if getattr(user, "role", "") == Role.CUSTOMER else tickets_for(user)


def draft_of(ticket: Ticket, user: Any) -> str:
    """What this reader has not sent yet."""
    return Draft.objects.filter(ticket=ticket, user=user).values_list("text", flat=True).first() or ""


def complaint_of(ticket: Ticket) -> Complaint | None:
    return Complaint.objects.filter(ticket=ticket).select_related("ticket", "settled_by").first()


def workers_for(branch: Branch) -> QuerySet[User]:
    """Whom a ticket of a branch may be given to."""
    able = [role for role in Role if scope_for(role, Capability.TICKET_WORK) is not Scope.NONE]
    everywhere = [role for role in able if scope_for(role, Capability.TICKET_WORK) is Scope.ALL]
    found = User.objects.filter(role__in=able, is_active=True)
    return found.filter(Q(branch=branch) | Q(role__in=everywhere)).order_by("full_name")


def tickets_that_fit(
    tickets: QuerySet[Ticket], *, q: str = "", kind: str = "", category: Any = None, tag: str = ""
) -> QuerySet[Ticket]:
    """Those that fit a search: a number, a member, words of the subject."""
    if q:
        digits = q.strip().upper().lstrip("TCR-").lstrip("0")
        about = Q(subject__icontains=q) | Q(customer__full_name__icontains=q) | Q(customer__number=q.strip())
        about |= Q(reference=q.strip())
        if digits.isdecimal() and len(digits) < 9:
            about |= Q(serial=int(digits))
        tickets = tickets.filter(about)
    if kind:
        tickets = tickets.filter(kind=kind)
    if category:
        tickets = tickets.filter(category=category)
    return tickets.filter(tags__contains=[tag.strip().lower()]) if tag.strip() else tickets
