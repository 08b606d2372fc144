"""Something new from a customer: a question, a complaint, a service request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from django.db.models import Max

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.deposits.services import charge_service
from portal.deposits.services.closing import EVERYDAY
from portal.institution.models import Branch
from portal.people.models import Customer
from portal.support import queries
from portal.support.models import Category, Complaint, Message, Step, Ticket
from portal.support.models.desk import Kind
from portal.support.services.common import keep_files, said, tell_customer, tell_pages

MOST_OPEN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What somebody asks: about what, in which words, concerning which account and movement."""

    category: Category
    subject: str
    text: str
    account: DepositAccount | None = None
    reference: str = ""
    files: Collection[IO[bytes]] = ()
    priority: int = Ticket.Priority.NORMAL


@transactional
def raise_ticket(
    *, customer: Customer, new: NewTicket, key: str, by: Any, at: datetime, is_staff: bool = False
) -> Ticket:
    """Put something into the queue of the customer's branch; its clocks begin. The same `key` puts it there once.

    What costs something (see `queries.CHARGED`) is taken from the account it is for. Refused: without words, a category that is not
    offered, another's account, a customer with twenty open ones, and what is charged without an account that pays it.
    """
    key = f"{customer.pk}:{key}"
    known = Ticket.objects.filter(key=key).first()
    if known is not None:
        return known
    _refuse(customer, new)
    branch = customer.branch
    # One after the other: numbers have no gaps, and twenty at once count one another.
    Branch.objects.select_for_update().order_by("pk").first()
    serial = (Ticket.objects.aggregate(last=Max("serial"))["last"] or 0) + 1
    calendar, category = queries.calendar_of(branch), new.category
    faster = {Ticket.Priority.HIGH: 2, Ticket.Priority.URGENT: 4}.get(Ticket.Priority(new.priority), 1)
    ticket = Ticket.objects.create(
        serial=serial,
        kind=category.kind,
        category=category,
        customer=customer,
        branch=branch,
        subject=new.subject.strip()[:120],
        account=new.account,
        reference=new.reference.strip()[:40],
        priority=new.priority,
        turns=1,
        key=key,
        raised_by=by,
        raised_at=at,
        reply_due=calendar.after(at, max(1, category.first_reply_hours // faster)),
        resolve_due=calendar.after(at, max(1, category.resolve_hours // faster)),
    )
    message = Message.objects.create(
        ticket=ticket, turn=1, author=by, is_staff=is_staff, text=new.text.strip(), at=at, key=f"first:{key}"
    )
    keep_files(message, new.files, by=by, at=at)
    _begin_kind(ticket, at)
    _charge(ticket, by=by, at=at)
    tell_customer(ticket, "ticket.received", "received", by=by, at=at, due=said(ticket.reply_due))
    tell_pages(ticket)
    return ticket


def _refuse(customer: Customer, new: NewTicket) -> None:
    if not new.subject.strip() or "\n" in new.subject:
        raise Refused("Say in one line what it is about.", code="subject", field="subject")
    if not new.text.strip():
        raise Refused("Tell us what happened.", code="text", field="text")
    if not new.category.is_offered:
        raise Refused("Choose what it is about.", code="category", field="category")
    if new.account is not None and new.account.customer_id != customer.pk:
        raise Refused("This account is another member's.", code="account", field="account")
    if new.category.code in queries.CHARGED and (new.account is None or new.account.product.kind not in EVERYDAY):
        message = "Choose the savings or current account it is for; what it costs is taken from there."
        raise Refused(message, code="account", field="account")
    if Ticket.objects.filter(customer=customer, state__in=queries.OPEN_STATES).count() >= MOST_OPEN:
        raise Refused(f"{MOST_OPEN} of your messages are open. Write in one of them.", code="too_many")


def _charge(ticket: Ticket, *, by: Any, at: datetime) -> None:
    kind, account = queries.CHARGED.get(ticket.category.code), ticket.account
    if kind is not None and account is not None:
        charge_service(account=account, kind=kind, key=f"ticket:{ticket.pk}", by=by, at=at)


def _begin_kind(ticket: Ticket, at: datetime) -> None:
    """A request gets its stages, a complaint the law's deadlines as they are today."""
    category = ticket.category
    if ticket.kind == Kind.REQUEST:
        labels = list(enumerate(category.steps, 1))
        Step.objects.bulk_create(Step(ticket=ticket, position=number, label=label) for number, label in labels)
    if ticket.kind == Kind.COMPLAINT:
        calendar = queries.calendar_of(ticket.branch)
        today = at.astimezone(calendar.zone).date()
        Complaint.objects.create(
            ticket=ticket,
            acknowledge_by=max(today, calendar.working_day(today + timedelta(days=category.acknowledge_days or 1))),
            final_by=max(today, calendar.working_day(today + timedelta(days=category.final_days or 1))),
        )
