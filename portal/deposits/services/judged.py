"""The one way a member's movement posts: judged by the gate first, learned from after, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.fraud.services import gate
from portal.ledger.services import NewEntry, Posted, post

TRANSFER_DOOR = "transfer"


def post_judged(
    entry: NewEntry,
    *,
    account: DepositAccount,
    amount: Money,
    is_incoming: bool = False,
    target: DepositAccount | None = None,
    is_own: bool = False,
    is_proved: bool | None = None,
    payload: Mapping[str, Any] | None = None,
    by: Any,
    at: datetime,
) -> Posted:
    """Post what moves `amount` out of an account, or into it. `target` is who is paid, where that is an account here.

    With a `payload` the movement can wait: held for a review it posts later by the door of transfers. Refused besides by
    the ledger: `ProofWanted`, `UnderReview`, `Rejected` (`portal.fraud.services.gate`).
    """
    facts = gate.Facts(
        account=account.ledger_account,
        customer_id=account.customer_id,
        opened_on=account.opened_on,
        amount=amount,
        is_incoming=is_incoming,
        kind=str(entry.kind),
        channel=entry.channel,
        key=entry.key,
        payee=_payee(target) if target is not None else None,
        is_own=is_own or (target is not None and target.customer_id == account.customer_id),
        is_proved=is_proved,
        door=TRANSFER_DOOR if payload is not None else "",
        payload=payload or {},
    )
    judged = gate.judge(facts, by=by, at=at)
    posted = post(entry, by=by, at=at)
    gate.note(judged, posted, by=by, at=at)
    return posted


def _payee(target: DepositAccount) -> gate.Payee:
    return gate.Payee(target.ledger_account_id, target.customer_id, target.opened_on)
