"""Closing a member's account at the counter: what is left is handed over in cash, always by leave of a second person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter.services.lending import refuse_other_amount
from portal.counter.services.receiving import posted_as
from portal.counter.services.serving import refuse_own, refuse_unseen
from portal.deposits.models import DepositAccount
from portal.deposits.services import close_account
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import check_payment, lock_for_serving, record_movement
from portal.ledger.services import Posted


@transactional
def serve_closing(
    *,
    session: DrawerSession,
    account: DepositAccount,
    amount: Money,
    notes: Mapping[int, int],
    identity_seen: bool,
    reason: str,
    approved_by: Any,
    key: str,
    by: Any,
    at: datetime,
) -> Posted:
    """Close an account for good and pay what is left out of one's open drawer: `amount` is that, to the unit.

    Whoever pays cash closes no accounts alone: without `approved_by` it is refused (code `second_person`). Refused too:
    another amount (the right one is named), more than the drawer holds, an account with nothing left, which is closed
    without cash, and what `close_account` refuses.
    """
    lock_for_serving(session=session, by=by)
    refuse_own(account, by)
    refuse_unseen(identity_seen)
    if approved_by is None:
        raise Refused("A manager must allow this account to be closed. Nothing was posted.", code="second_person")
    check_payment(session=session, amount=amount, notes=notes, is_approved=True)
    drawer = session.drawer
    closure = close_account(
        account=account,
        reason=reason or "Closed at the counter",
        cash=drawer.ledger_account,
        branch=drawer.branch,
        key=key,
        asked_by=by,
        approved_by=approved_by,
        at=at,
    )
    refuse_other_amount(amount, Money(closure.last_balance_minor, account.currency))
    if closure.payout_entry is None:
        raise Refused("Nothing is left in this account: it is closed without cash.", code="empty")
    posted = posted_as(closure.payout_entry)
    way = CashMovement.Way.OUT
    record_movement(
        session=session, posted=posted, way=way, amount=amount, notes=notes, identity_seen=True, by=by, at=at
    )
    return posted
