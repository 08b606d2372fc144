"""Closing an account that holds much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.errors import Refused
from portal.deposits import queries, services
from portal.deposits.models import DepositAccount
from portal.deposits.services.approved import CLOSURE


@act(CLOSURE, title="Closing an account", asks=Capability.ACCOUNT_CLOSE, capability=Capability.ACCOUNT_CLOSE)
class ClosureAct(Act):
    """The payload: `account` and `target` (numbers; the target may be empty), `reason`, `key`."""

    def check(self, payload: Payload) -> None:
        services.refuse_closing(_account(payload), payload["reason"], _target(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        account, target = _account(payload), _target(payload)
        return [
            Difference("State", account.get_state_display(), DepositAccount.State.CLOSED.label),
            Difference(
                "Balance", queries.funds_of(account).booked, f"to account …{target.last_four}" if target else "–"
            ),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        closure = services.close_account(
            account=_account(payload),
            reason=payload["reason"],
            target=_target(payload),
            key=payload["key"],
            asked_by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"closure": closure.pk}

    def summary(self, payload: Payload) -> str:
        account = _account(payload)
        return f"Close account …{account.last_four} of {account.customer.full_name}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(customers=frozenset({_account(payload).customer_id}))


def _account(payload: Payload) -> DepositAccount:
    found = queries.account_by_number(payload["account"])
    if found is None:
        raise Refused("There is no such account any more.", code="no_account")
    return found


def _target(payload: Payload) -> DepositAccount | None:
    return queries.account_by_number(payload["target"]) if payload["target"] else None
