"""What the tests of support play with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.keys import new_key
from portal.support.models import Category, Ticket
from portal.support.services import NewTicket, raise_ticket, reply
from tests.cast import NOW, Cast

MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+00:00")


def written(cast: Cast, code: str = "account", *, at: datetime = NOW, **more: Any) -> Ticket:
    """Something Ama wrote."""
    more = {"subject": "My balance", "text": "It looks wrong.", **more}
    new = NewTicket(category=Category.objects.get(code=code), **more)
    return raise_ticket(customer=cast.ama, new=new, key=new_key(), by=cast.ama_user, at=at)


def answered(ticket: Ticket, by: Any, text: str = "We look into it.", *, at: datetime = NOW) -> Any:
    ticket.refresh_from_db()
    return reply(ticket=ticket, text=text, turns=ticket.turns, key=new_key(), by=by, at=at)
