"""Reading chats: one's own, the desk's, and what is new in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.documents.uploaded import Upload
from portal.support.models import Chat, ChatLine, ChatSeen

SHOWN_LINES = 200
_LIVE = (Chat.State.WAITING, Chat.State.OPEN)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page of a chat shows, in a few signs: the same mark, the same page."""

    state: str
    count: int
    seen: int
    typing: bool

    def __str__(self) -> str:
        return f"{self.state}-{self.count}-{self.seen}-{int(self.typing)}"


def chats_for(user: Any) -> QuerySet[Chat]:
    """A customer's own chats, or those of a member of staff's branch."""
    chats = Chat.objects.select_related("customer", "branch", "agent", "ticket")
    if getattr(user, "role", "") == Role.CUSTOMER:
        return chats.filter(customer_id=user.customer_id)
    scope = scope_of(user, Capability.CHAT_ANSWER)
    if scope is Scope.ALL:
        return chats
    return chats.filter(branch_id=user.branch_id) if scope is Scope.BRANCH else chats.none()


def open_chat_of(user: Any) -> Chat | None:
    """The customer's conversation that goes on."""
    return chats_for(user).filter(state__in=_LIVE).first()


def chats_before(user: Any) -> QuerySet[Chat]:
    """Those that have ended, the last one first."""
    return chats_for(user).filter(state=Chat.State.ENDED).order_by("-ended_at")


def desk_for(user: Any) -> QuerySet[Chat]:
    """The chats that go on, who waits longest first, each with how many lines this reader has not seen."""
    seen = ChatSeen.objects.filter(chat=OuterRef("pk"), user=user).values("number")[:1]
    live = chats_for(user).filter(state__in=_LIVE)
    return live.annotate(unread=F("count") - Coalesce(Subquery(seen), 0)).order_by("-state", "began_at")


def unread_of(user: Any, chat: Chat) -> int:
    """How many lines of a chat somebody has not seen."""
    seen = ChatSeen.objects.filter(chat=chat, user=user).values_list("number", flat=True).first()
    return chat.count - (seen or 0)


def lines_of(chat: Chat) -> list[ChatLine]:
    """The newest lines, in their order."""
    newest = chat.lines.select_related("author", "upload").order_by("-number")[:SHOWN_LINES]
    return list(newest)[::-1]


def mark_of(user: Any, chat: Chat, *, at: datetime) -> Mark:
    """One query beside the chat itself: what the other side has read, and whether it is typing."""
    others = ChatSeen.objects.filter(chat=chat).exclude(user=user).values_list("number", "typing_until")
    rows = list(others)
    seen = max((number for number, _ in rows), default=0)
    typing = any(until is not None and until > at for _, until in rows)
    return Mark(chat.state, chat.count, min(seen, chat.count), typing)


def chat_file_for(user: Any, chat_id: UUID, upload_id: UUID) -> Upload:
    """A file of a chat this user may see, once it may be shown; else 404."""
    line = ChatLine.objects.select_related("upload").filter(
        chat__in=chats_for(user).filter(pk=chat_id), upload_id=upload_id, upload__state=Upload.State.READY
    )
    found = line.first()
    if found is None or found.upload is None:
        raise Http404("no such file")
    return found.upload


def may_follow_chat(user: Any, name: str) -> bool:
    """Whether an open page may be told about a chat: `desk` for those who answer, else the chat's id."""
    if name == "desk":
        return scope_of(user, Capability.CHAT_ANSWER) is not Scope.NONE
    try:
        return chats_for(user).filter(pk=UUID(name)).exists()
    except ValueError:
        return False
