"""Loans at the counter: an instalment taken in cash, and an approved loan paid out in cash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from portal.access.capabilities import Capability
from portal.approvals.limits import check_within
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter.services.receiving import posted_as
from portal.counter.services.serving import posted_before, refuse_own, refuse_unseen
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import check_payment, check_receipt, lock_for_serving, record_movement
from portal.ledger.errors import KeyReused
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import Posted
from portal.loans.models import Disbursement, Loan, Payment
from portal.loans.services import disburse, repay


def serve_repayment(
    *,
    session: DrawerSession,
    loan: Loan,
    amount: Money,
    notes: Mapping[int, int],
    key: str,
    by: Any,
    at: datetime,
    is_approved: bool = False,
) -> Posted:
    """Take cash into one's open drawer and pay it on a member's loan; what is more than settles it is kept for them.

    Keys, limits and refusals are those of a deposit (`serve_deposit`); refused too: a loan that takes no payments.
    """
    try:
        return _take_repayment(session, loan, amount, notes, is_approved=is_approved, key=key, by=by, at=at)
    except Refused as refusal:
        of_loan = Q(entry__in=Payment.objects.filter(loan=loan).values("entry"))
        return posted_before(refusal, of_loan, amount, CashMovement.Way.IN, key=key, by=by)


@transactional
def serve_loan(
    *,
    session: DrawerSession,
    loan: Loan,
    amount: Money,
    notes: Mapping[int, int],
    identity_seen: bool,
    by: Any,
    at: datetime,
    is_approved: bool = False,
) -> Posted:
    """Pay an approved loan out of one's open drawer, less its fee and what it settles: `amount` is that, to the unit.

    Once a loan: the same again answers with the first. Limits are those of a withdrawal. Refused too: a loan of another
    branch, one that was paid out elsewhere, another amount (the right one is named), and what `disburse` refuses.
    """
    lock_for_serving(session=session, by=by)
    refuse_own(loan, by)
    refuse_unseen(identity_seen)
    before = Disbursement.objects.filter(loan=loan).select_related("entry").first()
    if before is not None:
        return _paid_out_before(before, session, amount)
    if loan.branch_id != session.drawer.branch_id:
        raise Refused(f"This loan is paid out at {loan.branch}. Nothing was posted.", code="branch")
    check_payment(session=session, amount=amount, notes=notes, is_approved=is_approved)
    if not is_approved:
        check_within(user=by, capability=Capability.CASH_PAY, amount=amount, day=session.business_date)
    made = disburse(loan=loan, cash=session.drawer.ledger_account, channel="counter", by=by, at=at)
    handed = Money(made.amount_minor - made.fee_minor - made.settled_minor, loan.currency)
    refuse_other_amount(amount, handed)
    posted = posted_as(made.entry)
    way = CashMovement.Way.OUT
    record_movement(
        session=session, posted=posted, way=way, amount=amount, notes=notes, identity_seen=True, by=by, at=at
    )
    return posted


def refuse_other_amount(typed: Money, whole: Money) -> None:
    """Refuse to hand over another amount than all of it."""
    if typed != whole:
        raise Refused(f"What is handed over comes to {whole}. Nothing was posted.", code="whole", field="amount")


@transactional
def _take_repayment(
    session: DrawerSession,
    loan: Loan,
    amount: Money,
    notes: Mapping[int, int],
    *,
    is_approved: bool,
    key: str,
    by: Any,
    at: datetime,
) -> Posted:
    lock_for_serving(session=session, by=by)
    refuse_own(loan, by)
    _refuse_reused(loan, amount, key, by)
    check_receipt(session=session, amount=amount, notes=notes, is_approved=is_approved)
    if not is_approved:
        check_within(user=by, capability=Capability.CASH_RECEIVE, amount=amount, day=session.business_date)
    drawer = session.drawer
    payment = repay(
        loan=loan,
        amount=amount,
        key=key,
        cash=drawer.ledger_account,
        branch=drawer.branch,
        keeps_over=True,
        channel="counter",
        by=by,
        at=at,
    )
    posted = posted_as(payment.entry)
    way = CashMovement.Way.IN
    record_movement(session=session, posted=posted, way=way, amount=amount, notes=notes, by=by, at=at)
    return posted


def _refuse_reused(loan: Loan, amount: Money, key: str, by: Any) -> None:
    """The same key for anything else than this payment is refused: `repay` itself looks at the key alone."""
    entry = entry_by_key(scope=scope_of(by), key=key)
    same = Payment.objects.filter(entry=entry, loan=loan, amount_minor=amount.minor)
    if entry is not None and not same.exists():
        message = "This form was already used for something else. Open the page again. Nothing was posted."
        raise KeyReused(message)


def _paid_out_before(before: Disbursement, session: DrawerSession, amount: Money) -> Posted:
    same = CashMovement.objects.filter(entry=before.entry, session=session, amount_minor=amount.minor)
    if not same.exists():
        raise Refused("This loan was paid out before. Nothing was posted.", code="state")
    return posted_as(before.entry)
