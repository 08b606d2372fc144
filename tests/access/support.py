"""A complaint with a picture, a chat, an announcement, for the places of the world."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from portal.announcements.services import Wanted, write_announcement
from portal.base.clock import now
from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.notifications.services import notify
from portal.people.models import User
from portal.support.models import Attachment, Category, Chat, Macro
from portal.support.services import NewTicket, raise_ticket
from tests.cast import NOW


def picture() -> BytesIO:
    """A small photograph, as a phone brings it."""
    file = BytesIO()
    Image.new("RGB", (400, 300), "white").save(file, "JPEG")
    file.seek(0)
    file.name = "photo.jpg"
    return file


def support_things(account: DepositAccount, user: User, manager: User) -> dict[str, Any]:
    """Path arguments of what a customer complained of, said and is told."""
    category = Category.objects.get(code="charges")
    new = NewTicket(category=category, subject="A charge too many", text="See the picture.", files=[picture()])
    ticket = raise_ticket(customer=account.customer, new=new, key=new_key(), by=user, at=NOW)
    chat = Chat.objects.create(customer=account.customer, branch=account.branch, began_at=now(), said_at=now())
    macro, _ = Macro.objects.get_or_create(name="Thanks", defaults={"text": "Thank you.", "written_at": NOW})
    wanted = Wanted(
        title="Open on Saturday",
        text="From 9 to 13.",
        severity="info",
        roles=[],
        branches=[],
        products=[],
        shown_from=now(),
        shown_until=now() + timedelta(days=3),
    )
    told = {"period": "October 2026", "link": "/statements/"}
    notice = notify(kind="statement.ready", person=user, context=told, key=new_key(), by=None, at=NOW)
    assert notice is not None
    return {
        "notice_id": notice.pk,
        "ticket_id": ticket.pk,
        "turn": 1,
        "ticket_file": Attachment.objects.get(message__ticket=ticket).upload_id,
        "step_id": 10**9,
        "chat_id": chat.pk,
        "macro_id": macro.pk,
        "category_id": category.pk,
        "branch_id": account.branch_id,
        "announcement_id": write_announcement(wanted=wanted, by=manager, at=now()).pk,
    }
