"""What people wrote to the made-up institution: tickets in each state, a complaint near its deadline, chats, announcements."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.access.roles import Role
from portal.announcements.services import Wanted, ask_to_publish, write_announcement
from portal.approvals.services import decide
from portal.people.models import Customer, User
from portal.people.queries import demonstration_users
from portal.support.models import Category, Ticket
from portal.support.services import (
    NewTicket,
    assign,
    change_state,
    do_step,
    raise_ticket,
    rate,
    reply,
    write_macro,
    write_note,
)
from portal.support.services.chatting import begin_chat, end_chat, say, take_chat

_MACROS = (
    ("Greeting", "Good day, thank you for writing to us. We look into it and come back to you.", ""),
    ("Bring your card", "Please come to your branch with your identity card; we change it while you wait.", ""),
    ("Settled", "This is settled now. Write again if it is not.", "resolved"),
)


def open_desk(at: datetime) -> None:
    """Everything, as of a moment; the same each time."""
    staff = {user.role: user for user in demonstration_users().order_by("-pk")}
    ama, kofi = demonstration_users().filter(role=Role.CUSTOMER).order_by("customer__number")[:2]
    cashier, manager = staff[Role.CASHIER], staff[Role.MANAGER]
    for name, text, state in _MACROS:
        write_macro(name=name, text=text, then_state=state, by=staff[Role.OPERATIONS_MANAGER], at=at)
    _questions(ama, kofi, cashier, at)
    _complaint(ama, cashier, manager, at)
    _chats(ama, kofi, cashier, at)
    _announcements(staff, at)


def _raise(user: User, code: str, subject: str, text: str, at: datetime) -> Ticket:
    new = NewTicket(category=Category.objects.get(code=code), subject=subject, text=text)
    return raise_ticket(customer=_customer(user), new=new, key=f"demonstration:{subject}", by=user, at=at)


def _customer(user: User) -> Customer:
    return Customer.objects.get(user=user)


def _say(ticket: Ticket, by: User, text: str, at: datetime) -> None:
    ticket.refresh_from_db()
    reply(ticket=ticket, text=text, turns=ticket.turns, key=f"demonstration:{ticket.turns}", by=by, at=at)


def _questions(ama: User, kofi: User, cashier: User, at: datetime) -> None:
    _raise(
        ama, "account", "Where do I see my interest?", "I look for the interest of last month.", at - timedelta(hours=2)
    )
    waiting = _raise(
        kofi, "transfer", "A transfer to my sister", "It says that she is a new payee.", at - timedelta(days=1)
    )
    assign(ticket=waiting, to=cashier, by=cashier, at=at - timedelta(hours=20))
    _say(
        waiting,
        cashier,
        "To new payees at most a part is sent on the first day. Try again tomorrow.",
        at - timedelta(hours=19),
    )
    settled = _raise(ama, "portal", "Dark colours", "Can the pages be dark?", at - timedelta(days=6))
    _say(settled, cashier, "Yes: choose it at the foot of the page, or in your profile.", at - timedelta(days=6))
    change_state(ticket=settled, state=Ticket.State.RESOLVED, by=cashier, at=at - timedelta(days=5))
    rate(ticket=settled, rating=5, text="Quick and kind", by=ama, at=at - timedelta(days=5))
    card = _raise(kofi, "card", "A card for my account", "Please order one for me.", at - timedelta(days=3))
    do_step(step=card.steps.all()[0], done=True, by=cashier, at=at - timedelta(days=2))


def _complaint(ama: User, cashier: User, manager: User, at: datetime) -> None:
    began = at - timedelta(days=18)
    words = "For October the fee stands twice in my account."
    complaint = _raise(ama, "charges", "A monthly fee charged twice", words, began)
    assign(ticket=complaint, to=manager, by=manager, at=began + timedelta(days=1))
    _say(complaint, manager, "We have your complaint and look into it.", began + timedelta(days=1))
    note = "The second one is the card's fee, but the text says the same. Ask operations about it."
    write_note(ticket=complaint, text=note, key="demonstration", by=cashier, at=began + timedelta(days=2))


def _chats(ama: User, kofi: User, cashier: User, at: datetime) -> None:
    acting: dict[str, Any] = {"by": ama, "at": at - timedelta(days=2)}
    over = begin_chat(customer=_customer(ama), text="Are you open tomorrow?", key="demonstration", **acting)
    take_chat(chat=over, by=cashier, at=at - timedelta(days=2))
    say(chat=over, text="Yes, from 8 to 17.", key="demonstration", by=cashier, at=at - timedelta(days=2))
    end_chat(chat=over, by=ama, at=at - timedelta(days=2))
    begin_chat(customer=_customer(kofi), text="Good day, has my card come?", key="demonstration", by=kofi, at=at)


def _announcements(staff: dict[str, User], at: datetime) -> None:
    writer = staff[Role.OPERATIONS_MANAGER]
    common: dict[str, Any] = {"branches": [], "products": [], "shown_from": at, "shown_until": at + timedelta(days=60)}
    public = Wanted(
        title="Open on Saturdays in December",
        text="All branches are open on Saturdays in December, from 9 to 13.",
        severity="info",
        roles=[],
        is_pinned=True,
        is_public=True,
        **common,
    )
    notes = Wanted(
        title="Forged notes of 200",
        text="Forged notes of GHS 200 were seen in the market. Check the thread and the watermark of each.",
        severity="warn",
        roles=[Role.CASHIER],
        must_read=True,
        **common,
    )
    for wanted in (public, notes):
        row = write_announcement(wanted=wanted, by=writer, at=at)
        request = ask_to_publish(announcement=row, by=writer, at=at)
        decide(request=request, approve=True, by=staff[Role.ADMINISTRATOR], at=at)
    draft = Wanted(title="A new fee sheet", text="From January on.", severity="info", roles=[Role.CUSTOMER], **common)
    write_announcement(wanted=draft, by=writer, at=at)
