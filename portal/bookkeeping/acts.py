"""Entries by hand and books opened again: what a second person must allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.money import Money
from portal.bookkeeping import services
from portal.institution.models import Branch
from portal.ledger import services as ledger
from portal.ledger.models import Account, EntryKind, Side
from portal.ledger.queries import balance_at


@act(services.ENTRY, title="Entry by hand", asks=Capability.ENTRY_ASK, capability=Capability.ENTRY_APPROVE)
class ManualEntry(Act):
    """An entry that a person typed."""

    has_amount = True

    def check(self, payload: Payload) -> None:
        services.check_entry(payload)

    def diff(self, payload: Payload) -> Sequence[Difference]:
        entry = services.check_entry(payload)
        moved: dict[Account, int] = {}
        for line in entry.lines:
            sign = 1 if line.side == line.account.normal_side else -1
            moved[line.account] = moved.get(line.account, 0) + sign * line.amount.minor
        return [_change(account, entry.branch, minor) for account, minor in moved.items()]

    def summary(self, payload: Payload) -> str:
        total = sum(minor for _, side, minor in payload["lines"] if side == Side.DEBIT)
        kind = EntryKind(payload["kind"]).label
        return f"{kind} of {Money(total, payload['currency'])} at branch {payload['branch']}: {payload['memo']}"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        posted = ledger.post(services.check_entry(payload), by=by, at=at)
        return {"reference": posted.reference}


def _change(account: Account, branch: Branch, minor: int) -> Difference:
    before = balance_at(account, branch.business_date)
    return Difference(f"Balance of {account}", before, before + Money(minor, account.currency))


@act(
    services.REOPENING,
    title="Books opened again",
    asks=Capability.PERIOD_CLOSE,
    capability=Capability.PERIOD_REOPEN_APPROVE,
)
class Reopening(Act):
    """Closed books that are to take reversals and late value dates again."""

    def check(self, payload: Payload) -> None:
        services.check_reopening(payload)

    def diff(self, payload: Payload) -> Sequence[Difference]:
        period, through = services.check_reopening(payload)
        before, after = services.said(period.closed_through), services.said(through)
        return [Difference(f"{period.branch}: closed through", before, after)]

    def summary(self, payload: Payload) -> str:
        return f"Books of branch {payload['branch']} opened again"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> None:
        services.reopen_books(payload=payload, by=by, approved_by=approved_by, at=at)
