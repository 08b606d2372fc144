"""A chat: begun, taken, handed over, spoken in, ended, or made a ticket of with what was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localtime

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.documents.uploads import receive
from portal.live.services import announce
from portal.notifications.services import notify
from portal.people.models import Customer
from portal.support import queries
from portal.support.models import Category, Chat, ChatLine, ChatSeen, Ticket
from portal.support.services.raising import NewTicket, raise_ticket

DESK = "chat:desk"
AT_ONCE = 3
TYPING_FOR = timedelta(seconds=6)
RATE_LINES, RATE_WITHIN = 20, timedelta(minutes=1)
IDLE_AFTER = timedelta(minutes=30)
LONGEST_TRANSCRIPT = 8000
_LIVE = (Chat.State.WAITING, Chat.State.OPEN)


class TooFast(Refused):
    """More lines than anybody types."""

    code = "too_fast"


@transactional
def begin_chat(*, customer: Customer, text: str, key: str, by: Any, at: datetime) -> Chat:
    """Ask for somebody of the branch; a customer's chat that goes on is gone on with.

    Refused outside of the branch's hours: a ticket is written instead.
    """
    if not queries.desk_is_open(customer.branch, at=at):
        raise Refused("Nobody is at the desk now. Write a message: it is answered when we open.", code="off_hours")
    chat = Chat.objects.filter(customer=customer, state__in=_LIVE).first()
    if chat is None:
        try:
            with transaction.atomic():
                chat = Chat.objects.create(customer=customer, branch=customer.branch, began_at=at, said_at=at)
        except IntegrityError:
            chat = Chat.objects.get(customer=customer, state__in=_LIVE)
    return say(chat=chat, text=text, key=key, by=by, at=at).chat


@transactional
def say(*, chat: Chat, text: str, key: str, by: Any, at: datetime, file: IO[bytes] | None = None) -> ChatLine:
    """One line; the same `key` says it once. Who is staff is decided here, from who says it.

    Refused: no words and no file, another's chat, one that ended; `TooFast` beyond twenty lines a minute.
    """
    _refuse_reach(chat, by)
    known = ChatLine.objects.filter(chat=chat, key=_key(chat, by, key)).first()
    if known is not None:
        return known
    if not text.strip() and file is None:
        raise Refused("Write something.", code="text", field="text")
    held = _locked(chat)
    if held.state == Chat.State.ENDED:
        raise Refused("This chat has ended. Begin another, or write a message.", code="ended")
    if ChatLine.objects.filter(author=by, at__gt=at - RATE_WITHIN).count() >= RATE_LINES:
        raise TooFast("That was a lot at once. Wait a moment.")
    upload = receive(file=file, subject=f"chat:{held.pk.hex}"[:40], purpose="chat", by=by, at=at) if file else None
    is_staff = by.role != Role.CUSTOMER
    line = _write(held, text.strip()[:2000], _key(chat, by, key), is_staff=is_staff, by=by, at=at, upload=upload)
    _see(held, by, line.number, at, typing_until=None)
    _tell(held)
    return line


@transactional
def take_chat(*, chat: Chat, by: Any, at: datetime) -> Chat:
    """Answer this customer. Refused: out of reach, taken by somebody else, more than three at a time."""
    _refuse_staff(chat, by)
    held = _locked(chat)
    if held.state == Chat.State.OPEN and held.agent_id != by.pk:
        raise Refused(f"{held.agent} answers this customer.", code="taken")
    if held.state == Chat.State.ENDED:
        raise Refused("This chat has ended.", code="ended")
    if held.agent_id is None:
        _refuse_too_many(by)
        _give(held, by, f"{by.full_name} is here.", at)
    return held


@transactional
def hand_over(*, chat: Chat, to: Any, by: Any, at: datetime) -> Chat:
    """Give a chat to a colleague. Refused: not one's own to give, a colleague who may not answer it or has three."""
    _refuse_staff(chat, by)
    held = _locked(chat)
    if held.state != Chat.State.OPEN:
        raise Refused("Only a chat that somebody answers is handed over.", code="not_open")
    reach = allows(to, Capability.CHAT_ANSWER) and queries.chats_for(to).filter(pk=held.pk).exists()
    if not reach:
        raise Refused(f"{to} cannot answer this customer.", code="colleague", field="to")
    if to.pk != held.agent_id:
        _refuse_too_many(to)
        _give(held, to, f"{to.full_name} goes on for {by.full_name}.", at)
    return held


@transactional
def end_chat(*, chat: Chat, by: Any, at: datetime) -> Chat:
    """Nothing more is said in it. A second time changes nothing. Refused: another's."""
    _refuse_reach(chat, by)
    held = _locked(chat)
    if held.state != Chat.State.ENDED:
        _write(held, f"{by.full_name} has ended the chat.", f"end:{held.pk}", is_staff=False, by=None, at=at)
        held.state, held.ended_at, held.ended_by = Chat.State.ENDED, at, by
        held.save(update_fields=["state", "ended_at", "ended_by"])
        _tell(held)
    return held


@transactional
def chat_to_ticket(*, chat: Chat, category: Category, subject: str, by: Any, at: datetime) -> Ticket:
    """Go on as a ticket, whose first message is what was said; ends the chat. A second time gives the same ticket."""
    _refuse_staff(chat, by)
    held = _locked(chat)
    if held.ticket_id is not None:
        return Ticket.objects.get(pk=held.ticket_id)
    new = NewTicket(category=category, subject=subject, text=transcript(held))
    ticket = raise_ticket(customer=held.customer, new=new, key=f"chat:{held.pk}", by=by, at=at, is_staff=True)
    held.ticket = ticket
    held.save(update_fields=["ticket"])
    _write(held, f"This goes on as {ticket.number}.", f"ticket:{held.pk}", is_staff=False, by=None, at=at)
    end_chat(chat=held, by=by, at=at)
    return ticket


@transactional
def see_chat(*, chat: Chat, number: int, by: Any, at: datetime) -> None:
    """Somebody has read up to a line."""
    _refuse_reach(chat, by)
    seen = ChatSeen.objects.filter(chat=chat, user=by).values_list("number", flat=True).first()
    if seen is None or seen < number:
        _see(chat, by, number, at)
        announce(f"chat:{chat.pk}")
        announce(DESK)
        announce(f"user:{by.pk}")


@transactional
def note_typing(*, chat: Chat, by: Any, at: datetime) -> None:
    """Somebody is writing, for the next seconds. Refused: another's."""
    _refuse_reach(chat, by)
    row, _ = ChatSeen.objects.get_or_create(chat=chat, user=by)
    if row.typing_until is None or row.typing_until < at + TYPING_FOR / 2:
        ChatSeen.objects.filter(pk=row.pk).update(typing_until=at + TYPING_FOR)
        announce(f"chat:{chat.pk}")


@transactional
def end_idle_chats(*, at: datetime) -> int:
    """End chats in which nothing was said for half an hour; how many. A customer who waited in vain is told where to write."""
    idle = Chat.objects.filter(state__in=_LIVE, said_at__lt=at - IDLE_AFTER).select_for_update(
        skip_locked=True, of=("self",)
    )
    rows = list(idle.select_related("customer")[:200])
    for chat in rows:
        missed = chat.state == Chat.State.WAITING
        _write(
            chat,
            "Nothing was said for half an hour: the chat has ended.",
            f"end:{chat.pk}",
            is_staff=False,
            by=None,
            at=at,
        )
        chat.state, chat.ended_at = Chat.State.ENDED, at
        chat.save(update_fields=["state", "ended_at"])
        if missed:
            url = reverse("help_list")
            notify(kind="chat.missed", person=chat.customer, context={}, key=str(chat.pk), by=None, at=at, url=url)
        _tell(chat)
    return len(rows)


def transcript(chat: Chat) -> str:
    """What was said, line by line; of a long chat the end."""
    lines = [
        f"{localtime(line.at):%H:%M} {line.author.full_name if line.author else 'Portal'}: {line.text or '(a file)'}"
        for line in chat.lines.select_related("author")
    ]
    text = "\n".join(["What was said in the chat:", *lines])
    return text if len(text) <= LONGEST_TRANSCRIPT else f"…{text[1 - LONGEST_TRANSCRIPT :]}"


def _key(chat: Chat, by: Any, key: str) -> str:
    return f"{chat.pk.hex[-12:]}:{by.pk}:{key}"


def _locked(chat: Chat) -> Chat:
    return (
        Chat.objects.select_for_update(of=("self",))
        .select_related("customer__branch", "customer__user", "agent")
        .get(pk=chat.pk)
    )


def _refuse_reach(chat: Chat, by: Any) -> None:
    if not queries.chats_for(by).filter(pk=chat.pk).exists():
        raise Refused("This chat is not yours.", code="out_of_reach")


def _refuse_staff(chat: Chat, by: Any) -> None:
    if not allows(by, Capability.CHAT_ANSWER):
        raise Refused("You may not answer customers.", code="out_of_reach")
    _refuse_reach(chat, by)


def _refuse_too_many(agent: Any) -> None:
    if Chat.objects.filter(agent=agent, state=Chat.State.OPEN).count() >= AT_ONCE:
        raise Refused(f"{agent.full_name} answers {AT_ONCE} customers already.", code="too_many")


def _give(chat: Chat, agent: Any, words: str, at: datetime) -> None:
    chat.agent, chat.state = agent, Chat.State.OPEN
    chat.save(update_fields=["agent", "state"])
    _write(chat, words, f"agent:{chat.pk}:{chat.count + 1}", is_staff=False, by=None, at=at)
    _tell(chat)


def _write(chat: Chat, text: str, key: str, *, is_staff: bool, by: Any, at: datetime, upload: Any = None) -> ChatLine:
    chat.count, chat.said_at = chat.count + 1, at
    chat.save(update_fields=["count", "said_at"])
    return ChatLine.objects.create(
        chat=chat, number=chat.count, author=by, is_staff=is_staff, text=text, upload=upload, at=at, key=key
    )


def _see(chat: Chat, user: Any, number: int, at: datetime, **more: Any) -> None:
    ChatSeen.objects.update_or_create(chat=chat, user=user, defaults={"number": number, **more})


def _tell(chat: Chat) -> None:
    announce(f"chat:{chat.pk}")
    announce(DESK)
    # The customer's other pages count what they have not seen.
    user = getattr(chat.customer, "user", None)
    if user is not None:
        announce(f"user:{user.pk}")
