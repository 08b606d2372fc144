"""Serving a member: cash, the member's account and the drawer move together, or nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from portal.access.capabilities import Capability
from portal.approvals.limits import check_within
from portal.base.db import in_service, transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter.models import CounterTransfer
from portal.counter.services.receiving import receive
from portal.counter.services.subjects import Subject
from portal.deposits.models import DepositAccount
from portal.deposits.services import pay_cash, transfer
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import check_payment, check_receipt, check_transfer, lock_for_serving, record_movement
from portal.ledger.errors import KeyReused
from portal.ledger.models import EntryKind
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import Posted


def serve_deposit(
    *,
    session: DrawerSession,
    account: DepositAccount,
    amount: Money,
    notes: Mapping[int, int],
    key: str,
    by: Any,
    at: datetime,
    memo: str = "",
    is_approved: bool = False,
) -> Posted:
    """Take cash into one's open drawer and credit it to a member's account: a susu card's boxes are filled by it, shares
    are bought with it.

    `notes` (minor units to pieces) may be empty; given, they must make up the amount. The same key with the same
    contents answers with the first result, even when the drawer has closed since. Refused: a drawer that is not one's
    own, active and of the branch's open day; the drawer's limits; one's ceiling and limit of the day (neither, once a
    second person gave leave: `is_approved`); one's own account; what the account's kind refuses.
    """
    try:
        return _take_in(session, account, amount, notes, is_approved=is_approved, key=key, by=by, at=at, memo=memo)
    except Refused as refusal:
        return posted_before(refusal, _moved(account), amount, CashMovement.Way.IN, key=key, by=by)


def serve_withdrawal(
    *,
    session: DrawerSession,
    account: DepositAccount,
    amount: Money,
    notes: Mapping[int, int],
    identity_seen: bool,
    key: str,
    by: Any,
    at: datetime,
    memo: str = "",
    is_approved: bool = False,
) -> Posted:
    """Pay cash out of one's open drawer from a member's account, with the product's fee in the same entry.

    Like `serve_deposit`; refused too: nobody looked at who is paid, more than the drawer holds, what `pay_cash` refuses.
    """
    try:
        return _pay_out(
            session,
            account,
            amount,
            notes,
            identity_seen=identity_seen,
            is_approved=is_approved,
            key=key,
            by=by,
            at=at,
            memo=memo,
        )
    except Refused as refusal:
        return posted_before(refusal, _moved(account), amount, CashMovement.Way.OUT, key=key, by=by)


@transactional
def serve_transfer(
    *,
    session: DrawerSession,
    account: DepositAccount,
    target: DepositAccount,
    amount: Money,
    identity_seen: bool,
    key: str,
    by: Any,
    at: datetime,
    memo: str = "",
    is_approved: bool = False,
) -> Posted:
    """Move money from a member's account to another account for the member who stands at one's open drawer.

    Refused: a drawer that is not one's own and active, one's own account on either side, nobody looked at who asks, more
    than the drawer pays out at once unless a second person gave leave, and what `transfer` refuses.
    """
    lock_for_serving(session=session, by=by)
    refuse_own(account, by)
    refuse_own(target, by)
    refuse_unseen(identity_seen)
    check_transfer(session=session, amount=amount, is_approved=is_approved)
    posted = transfer(
        source=account,
        target=target,
        amount=amount,
        key=key,
        memo=memo,
        channel="counter",
        is_approved=is_approved,
        by=by,
        at=at,
    )
    if not posted.replayed:
        CounterTransfer.objects.create(session=session, entry_id=posted.entry_id, amount_minor=amount.minor, at=at)
    return posted


@transactional
def _take_in(
    session: DrawerSession,
    account: DepositAccount,
    amount: Money,
    notes: Mapping[int, int],
    *,
    is_approved: bool,
    key: str,
    by: Any,
    at: datetime,
    memo: str,
) -> Posted:
    lock_for_serving(session=session, by=by)
    refuse_own(account, by)
    check_receipt(session=session, amount=amount, notes=notes, is_approved=is_approved)
    if not is_approved:
        check_within(user=by, capability=Capability.CASH_RECEIVE, amount=amount, day=session.business_date)
    drawer = session.drawer
    posted = receive(
        account=account,
        amount=amount,
        cash=drawer.ledger_account,
        branch=drawer.branch,
        key=key,
        memo=memo,
        by=by,
        at=at,
    )
    way = CashMovement.Way.IN
    record_movement(session=session, posted=posted, way=way, amount=amount, notes=notes, by=by, at=at)
    return posted


@transactional
def _pay_out(
    session: DrawerSession,
    account: DepositAccount,
    amount: Money,
    notes: Mapping[int, int],
    *,
    identity_seen: bool,
    is_approved: bool,
    key: str,
    by: Any,
    at: datetime,
    memo: str,
) -> Posted:
    lock_for_serving(session=session, by=by)
    refuse_own(account, by)
    refuse_unseen(identity_seen)
    check_payment(session=session, amount=amount, notes=notes, is_approved=is_approved)
    if not is_approved:
        check_within(user=by, capability=Capability.CASH_PAY, amount=amount, day=session.business_date)
    drawer = session.drawer
    posted = pay_cash(
        account=account,
        amount=amount,
        cash=drawer.ledger_account,
        branch=drawer.branch,
        key=key,
        memo=memo,
        by=by,
        at=at,
    )
    way = CashMovement.Way.OUT
    record_movement(
        session=session, posted=posted, way=way, amount=amount, notes=notes, identity_seen=True, by=by, at=at
    )
    return posted


def refuse_unseen(identity_seen: bool) -> None:
    """Refuse money for somebody at whom nobody has looked."""
    if not identity_seen:
        raise Refused("Look at who this is first. Nothing was posted.", code="identity", field="identity")


def refuse_own(subject: Subject, by: Any) -> None:
    """Nobody serves an account or loan of their own. Staff are known to be members by the mail address of their record."""
    own_address = bool(subject.customer.email) and subject.customer.email.lower() == by.email.lower()
    if own_address or subject.customer_id == by.customer_id:
        raise Refused("This is your own account: a colleague must serve you. Nothing was posted.", code="own_account")


def posted_before(
    refusal: Refused, of_subject: Q, amount: Money, way: CashMovement.Way, *, key: str, by: Any
) -> Posted:
    """What the same key with the same contents did before; raises the refusal when there is no such thing.

    Looked up only after a refusal, so that an answer that was lost on its way is found again though the drawer has
    been closed or its limit been reached since.
    """
    if in_service():
        raise refusal  # a part of something larger, which knows by itself whether it was done before
    entry = None if isinstance(refusal, KeyReused) else entry_by_key(scope=scope_of(by), key=key)
    same = CashMovement.objects.filter(of_subject, entry=entry, way=way, amount_minor=amount.minor)
    if entry is None or not same.exclude(entry__kind=EntryKind.REVERSAL).exists():
        raise refusal
    return Posted(entry.pk, entry.reference, entry.business_date, replayed=True)


def _moved(account: DepositAccount) -> Q:
    return Q(entry__postings__account=account.ledger_account_id)
