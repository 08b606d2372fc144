"""The final answer to a complaint, money that makes good, and who is told before a deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.services.redress import pay_compensation, refuse_compensation
from portal.people.models import User
from portal.support import queries
from portal.support.models import Complaint, Redress, Ticket
from portal.support.services.common import (
    locked,
    move,
    note_change,
    refuse_out_of_reach,
    tell_customer,
    tell_pages,
    tell_staff,
)

REDRESS = "complaint_redress"
WARN_BEFORE = timedelta(days=2)


@transactional
def settle_complaint(
    *, complaint: Complaint, outcome: str, cause: str, finding: str, by: Any, at: datetime
) -> Complaint:
    """The final answer: outcome, root cause, and what was found in words the customer reads. Stops the law's clock, once.

    Refused: out of reach, without a finding, a second time.
    """
    refuse_out_of_reach(complaint.ticket, by, Capability.COMPLAINT_SETTLE)
    ticket = locked(complaint.ticket)
    held = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    if held.settled_at is not None:
        raise Refused("This complaint has its final answer.", code="settled")
    if not finding.strip():
        raise Refused("Say what was found. The customer reads it.", code="finding", field="finding")
    held.outcome, held.cause, held.finding = Complaint.Outcome(outcome), Complaint.Cause(cause), finding.strip()
    held.settled_by, held.settled_at, held.acknowledged_at = by, at, held.acknowledged_at or at
    held.save()
    ticket.replied_at = ticket.replied_at or at
    ticket.save(update_fields=["replied_at"])
    note_change(ticket, "complaint", "", f"Final answer: {held.get_outcome_display()}", by=by, at=at)
    move(ticket, Ticket.State.RESOLVED, by=by, at=at)
    tell_customer(ticket, "ticket.resolved", "final", by=by, at=at)
    tell_pages(ticket)
    return held


@transactional
def ask_for_redress(
    *, complaint: Complaint, account: DepositAccount, amount: Money, reason: str, key: str, by: Any, at: datetime
) -> Request:
    """Ask a second person for money that makes good. Nothing is paid until then. Refused: what `check_redress` refuses."""
    refuse_out_of_reach(complaint.ticket, by, Capability.COMPLAINT_SETTLE)
    payload = {
        "ticket": str(complaint.ticket_id),
        "account": account.number,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "reason": reason.strip(),
        "key": key,
    }
    branch, number = complaint.ticket.branch, complaint.ticket.number
    request = ask(
        act=REDRESS, payload=payload, subject=number, reason=reason, branch=branch, amount=amount, by=by, at=at
    )
    note_change(complaint.ticket, "redress", "", f"{amount} asked for", reason=reason, by=by, at=at)
    tell_pages(complaint.ticket)
    return request


def check_redress(*, complaint: Complaint, account: DepositAccount, amount: Money, reason: str) -> None:
    """Refused: without a reason, into another customer's account, another currency, an account that takes nothing."""
    if not reason.strip():
        raise Refused("Say what is made good.", code="reason", field="reason")
    if account.customer_id != complaint.ticket.customer_id:
        raise Refused("The account is not the customer's.", code="account", field="account")
    if amount.minor <= 0 or amount.currency != account.currency:
        raise Refused(f"An amount in {account.currency} above 0.", code="amount", field="amount")
    refuse_compensation(account)


@transactional
def pay_redress(
    *,
    complaint: Complaint,
    account: DepositAccount,
    amount: Money,
    reason: str,
    key: str,
    approved_by: Any,
    by: Any,
    at: datetime,
) -> Redress:
    """Pay what was approved, into the customer's account, out of the branch's compensations."""
    check_redress(complaint=complaint, account=account, amount=amount, reason=reason)
    number = complaint.ticket.number
    posted = pay_compensation(
        account=account, amount=amount, memo=f"Compensation, {number}", key=f"redress:{key}", by=by, at=at
    )
    redress = Redress.objects.create(
        complaint=complaint,
        account=account,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        reference=posted.reference,
        asked_by=by,
        approved_by=approved_by,
        at=at,
    )
    note_change(complaint.ticket, "redress", "", f"{amount} paid, {posted.reference}", by=approved_by, at=at)
    tell_pages(complaint.ticket)
    return redress


def tell_deadlines(*, at: datetime) -> int:
    """Each minute: whoever has a complaint near its deadline, else the managers of its branch, once for each deadline."""
    told = 0
    for complaint in queries.complaints_near_deadline((at + WARN_BEFORE).date()):
        waits = complaint.acknowledged_at is None
        day, what = (complaint.acknowledge_by, "acknowledged") if waits else (complaint.final_by, "answered for good")
        for person in _responsible(complaint.ticket):
            more = {"what": what, "due": f"{day:%d %B %Y}"}
            tell_staff(complaint.ticket, person, "complaint.due", f"{what}:{day}", by=None, at=at, **more)
            told += 1
    return told


def _responsible(ticket: Ticket) -> list[User]:
    if ticket.assignee is not None and ticket.assignee.is_active:
        return [ticket.assignee]
    return list(User.objects.filter(role=Role.MANAGER, branch=ticket.branch, is_active=True))
