"""A member served in one line, for the tests of the counter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.base.keys import new_key
from portal.counter import services
from portal.deposits.models import DepositAccount
from portal.drawers.models import DrawerSession
from portal.ledger.services import Posted
from tests.cast import NOW, ghs


def take_in(
    session: DrawerSession,
    account: DepositAccount,
    amount: str,
    notes: Mapping[int, int] | None = None,
    **changes: Any,
) -> Posted:
    """A deposit by the session's own cashier."""
    arguments: dict[str, Any] = {"key": new_key(), "by": session.cashier, "at": NOW} | changes
    return services.serve_deposit(session=session, account=account, amount=ghs(amount), notes=notes or {}, **arguments)


def pay_out(
    session: DrawerSession,
    account: DepositAccount,
    amount: str,
    notes: Mapping[int, int] | None = None,
    **changes: Any,
) -> Posted:
    """A withdrawal by the session's own cashier, who looked at who it is."""
    arguments: dict[str, Any] = {"key": new_key(), "by": session.cashier, "at": NOW, "identity_seen": True} | changes
    return services.serve_withdrawal(
        session=session, account=account, amount=ghs(amount), notes=notes or {}, **arguments
    )
