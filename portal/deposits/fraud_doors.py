"""What the gate cannot do from below: posting a held transfer, freezing an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.services import change_state, transfer
from portal.deposits.services.judged import TRANSFER_DOOR
from portal.fraud.doors import register_door, register_freezer
from portal.ledger.services import Posted


class TransferDoor:
    """A transfer as it was asked for."""

    def post(self, payload: Mapping[str, Any], *, key: str, by: Any, at: datetime) -> Posted:
        """Post it now. Refused like any transfer: a limit that was reached meanwhile holds too."""
        accounts = DepositAccount.objects.select_related("product", "branch", "ledger_account", "customer")
        pair = accounts.in_bulk([payload["source"], payload["target"]])
        if len(pair) != 2:
            raise Refused("One of the accounts is not there any more.", code="account")
        return transfer(
            source=pair[payload["source"]],
            target=pair[payload["target"]],
            amount=Money(payload["amount_minor"], payload["currency"]),
            memo=payload["memo"],
            channel=payload["channel"],
            key=key,
            is_approved=payload["is_approved"],
            by=by,
            at=at,
        )


def freeze_account(*, ledger_account_id: int, reason: str, by: Any, at: datetime) -> None:
    """Freeze the deposit account behind a ledger account. Refused like `change_state`."""
    account = DepositAccount.objects.filter(ledger_account=ledger_account_id).first()
    if account is None:
        raise Refused("Only a member's account can be frozen.", code="account")
    change_state(account=account, state=DepositAccount.State.FROZEN, reason=reason, by=by, at=at)


register_door(TRANSFER_DOOR, TransferDoor())
register_freezer(freeze_account)
