"""What was said with a customer, told to them and lent to them, and where they signed in: for their own archive.

Notes of colleagues among themselves are not part of it: they are never handed to a customer.
"""

from __future__ import annotations

from typing import Any

from portal.loans.models import Loan
from portal.notifications.models import Notice
from portal.people.models import Customer
from portal.signin.models import SignInAttempt, SignInSession
from portal.support.models import Chat, Ticket

MOST = 5_000


def talked(customer: Customer) -> dict[str, Any]:
    """By kind, the newest first, in plain words and exact figures (money in minor units)."""
    user = getattr(customer, "user", None)
    tries = SignInAttempt.objects.filter(user=user).order_by("-at") if user else SignInAttempt.objects.none()
    sessions = SignInSession.objects.filter(user=user).order_by("-started_at") if user else SignInSession.objects.none()
    notices = Notice.objects.filter(user=user) if user else Notice.objects.none()
    return {
        "loans": _loans(customer),
        "messages": [_ticket(ticket) for ticket in _tickets(customer)],
        "chats": [_chat(chat) for chat in Chat.objects.filter(customer=customer).prefetch_related("lines__author")],
        "notices": list(notices.values("created_at", "subject", "text", "read_at")[:MOST]),
        "sign_ins": list(sessions.values("started_at", "words", "source", "ended_at", "ended_because")[:MOST]),
        "tries_to_sign_in": list(tries.values("at", "outcome", "device", "source")[:MOST]),
    }


def _loans(customer: Customer) -> list[dict[str, Any]]:
    found = Loan.objects.filter(customer=customer).select_related("product")
    return [
        {"number": loan.number, "product": loan.product.name, "state": loan.state, "asked_on": loan.asked_on}
        | {"amount_minor": loan.amount_minor, "currency": loan.currency, "instalments": loan.instalments}
        for loan in found
    ]


def _tickets(customer: Customer) -> list[Ticket]:
    found = Ticket.objects.filter(customer=customer).select_related("category")
    return list(found.prefetch_related("messages__author", "messages__taken_back").order_by("-serial"))


def _ticket(ticket: Ticket) -> dict[str, Any]:
    kept = [message for message in ticket.messages.all() if not hasattr(message, "taken_back")]
    said = [{"at": message.at, "who": _who(message), "text": message.text} for message in kept]
    head = {"number": ticket.number, "about": ticket.category.name, "subject": ticket.subject}
    return head | {"came_in": ticket.raised_at, "state": ticket.get_state_display(), "said": said}


def _chat(chat: Chat) -> dict[str, Any]:
    said = [{"at": line.at, "who": _who(line), "text": line.text} for line in chat.lines.all()]
    return {"began_at": chat.began_at, "ended_at": chat.ended_at, "said": said}


def _who(said: Any) -> str:
    return said.author.full_name if said.author else "The portal"
