"""What a counter does for a member: one literal table. A visit is made of such legs, one or several together.

Another room's act becomes a leg by one line in `LEGS` and its function: the screen, the keys, parking, visits, approvals
and the story of the drawer come with it. The words that call a leg in the command field stand in `commands.VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter import commands
from portal.counter.services.serving import serve_deposit, serve_transfer, serve_withdrawal
from portal.deposits.models import DepositAccount, Product
from portal.deposits.queries import account_by_number
from portal.deposits.services import BY_OWN_RULES
from portal.drawers.models import CashMovement, DrawerSession
from portal.ledger.services import Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One leg as the cashier means it: of which account, how much, in which notes, and to whom."""

    account: DepositAccount
    amount: Money
    notes: Mapping[int, int] = field(default_factory=dict)
    memo: str = ""
    identity_seen: bool = False
    target: DepositAccount | None = None


class Serve(Protocol):
    """Carries an order out in a session."""

    def __call__(
        self, order: Order, *, session: DrawerSession, key: str, is_approved: bool, by: Any, at: datetime
    ) -> Posted: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A thing the counter does. `way` is where the cash goes: in, out, or nowhere."""

    name: str
    label: str
    letter: str
    key: str
    icon: str
    capability: Capability
    way: str
    serve: Serve
    takes: Callable[[DepositAccount], bool]
    needs_identity: bool = False
    needs_target: bool = False

    @property
    def has_cash(self) -> bool:
        return bool(self.way)

    @property
    def url_name(self) -> str:
        """The name of the address that its form is sent to."""
        return f"counter_{self.name}"


def _deposit(order: Order, *, session: DrawerSession, key: str, is_approved: bool, by: Any, at: datetime) -> Posted:
    return serve_deposit(
        session=session,
        account=order.account,
        amount=order.amount,
        notes=order.notes,
        memo=order.memo,
        is_approved=is_approved,
        key=key,
        by=by,
        at=at,
    )


def _withdrawal(order: Order, *, session: DrawerSession, key: str, is_approved: bool, by: Any, at: datetime) -> Posted:
    return serve_withdrawal(
        session=session,
        account=order.account,
        amount=order.amount,
        notes=order.notes,
        identity_seen=order.identity_seen,
        memo=order.memo,
        is_approved=is_approved,
        key=key,
        by=by,
        at=at,
    )


def _transfer(order: Order, *, session: DrawerSession, key: str, is_approved: bool, by: Any, at: datetime) -> Posted:
    if order.target is None:
        raise Refused("Enter the account that receives the money. Nothing was posted.", code="to", field="to")
    return serve_transfer(
        session=session,
        account=order.account,
        target=order.target,
        amount=order.amount,
        identity_seen=order.identity_seen,
        memo=order.memo,
        is_approved=is_approved,
        key=key,
        by=by,
        at=at,
    )


def _takes_cash(account: DepositAccount) -> bool:
    return account.product.kind != Product.Kind.FIXED


def _gives(account: DepositAccount) -> bool:
    return account.product.kind not in BY_OWN_RULES


LEGS: dict[str, Leg] = {
    leg.name: leg
    for leg in (
        Leg(
            name=commands.DEPOSIT,
            label="Deposit",
            letter="d",
            key="F3",
            icon="transfer-in",
            capability=Capability.CASH_RECEIVE,
            way=CashMovement.Way.IN,
            serve=_deposit,
            takes=_takes_cash,
        ),
        Leg(
            name=commands.WITHDRAWAL,
            label="Pay out",
            letter="w",
            key="F4",
            icon="transfer-out",
            capability=Capability.CASH_PAY,
            way=CashMovement.Way.OUT,
            serve=_withdrawal,
            takes=_gives,
            needs_identity=True,
        ),
        Leg(
            name=commands.TRANSFER,
            label="Transfer",
            letter="t",
            key="F7",
            icon="transfer",
            capability=Capability.COUNTER_TRANSFER,
            way="",
            serve=_transfer,
            takes=_gives,
            needs_identity=True,
            needs_target=True,
        ),
    )
}


def kept(order: Order) -> dict[str, Any]:
    """An order as rows and requests keep it: whole numbers and texts."""
    return {
        "account": order.account.number,
        "amount_minor": order.amount.minor,
        "currency": order.amount.currency,
        "notes": {str(value): quantity for value, quantity in sorted(order.notes.items()) if quantity},
        "memo": order.memo,
        "identity_seen": int(order.identity_seen),
        "to": order.target.number if order.target else "",
    }


def read(contents: Mapping[str, Any]) -> Order:
    """As `kept` wrote it. Refused: an account that is no longer known."""
    account = _known(contents["account"])
    return Order(
        account=account,
        amount=Money(contents["amount_minor"], contents["currency"]),
        notes={int(value): quantity for value, quantity in contents["notes"].items()},
        memo=contents["memo"],
        identity_seen=bool(contents["identity_seen"]),
        target=_known(contents["to"]) if contents["to"] else None,
    )


def _known(number: str) -> DepositAccount:
    account = account_by_number(number)
    if account is None:
        raise Refused(f"There is no account {number} any more. Nothing was posted.", code="account")
    return account
