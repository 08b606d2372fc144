"""Compensation: the institution makes good what went wrong, out of its own expenses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.services.moving import fits, moved, refuse_immobile
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import NewEntry, Posted, credit, debit, post


@transactional
def pay_compensation(*, account: DepositAccount, amount: Money, memo: str, key: str, by: Any, at: datetime) -> Posted:
    """Into a member's account, out of its branch's compensations; the same `key` pays once. Refused: see below."""
    refuse_compensation(account)
    fits(amount, account)
    expense = chart.branch_account(account.branch_id, chart.COMPENSATION)
    entry = NewEntry(
        kind=EntryKind.SETTLEMENT,
        branch=account.branch,
        lines=[debit(expense, amount), credit(account.ledger_account, amount)],
        key=key,
        memo=memo,
    )
    return moved(post(entry, by=by, at=at), account)


def refuse_compensation(account: DepositAccount) -> None:
    """Refused for an account that takes no money as it is."""
    refuse_immobile(account, field="account")
