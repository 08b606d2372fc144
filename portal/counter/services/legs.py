"""What a counter does for a member: one literal table. A visit is made of such legs, one or several together.

Another room's act becomes a leg by one line in `LEGS` and its function: the screen, the keys, parking, visits, approvals
and the story of the drawer come with it. The words that call a leg in the command field stand in `commands.VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import add, sub
from typing import Any, Protocol

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter import commands
from portal.counter.services.closing import serve_closing
from portal.counter.services.lending import serve_loan, serve_repayment
from portal.counter.services.orders import Order, read_order
from portal.counter.services.serving import serve_deposit, serve_transfer, serve_withdrawal
from portal.counter.services.subjects import ACCOUNT, LOAN, About
from portal.deposits.keeping import left_at_closing
from portal.deposits.models import DepositAccount, Product
from portal.deposits.services import BY_OWN_RULES
from portal.deposits.services.closing import CLOSABLE
from portal.drawers.models import CashMovement, DrawerSession
from portal.ledger.models import EntryKind
from portal.ledger.services import Posted
from portal.loans.models import LIVE, Loan
from portal.loans.queries import left_to_pay_out


class Serve(Protocol):
    """Carries an order out in a session; `approved_by` gave leave to go beyond limits, nobody if None."""

    def __call__(
        self, order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime
    ) -> Posted: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A thing the counter does. `way` is where the cash goes: in, out, or nowhere; `leaves` what its subject comes to then.

    A leg without a `key` is rare: it is called by its letter and by a link on the card. `whole` is the one amount that it
    can have, where there is one.
    """

    name: str
    label: str
    kind: EntryKind
    letter: str
    key: str = ""
    icon: str
    capability: Capability
    way: str
    about: About
    serve: Serve
    takes: Callable[[Any], bool]
    leaves: Callable[[Money, Money], Money]
    preposition: str = "to"
    needs_identity: bool = False
    needs_target: bool = False
    has_memo: bool = True
    note: str = ""
    whole: Callable[[Any], Money] | None = None

    @property
    def has_cash(self) -> bool:
        return bool(self.way)

    @property
    def is_paying(self) -> bool:
        return self.way == CashMovement.Way.OUT

    @property
    def url_name(self) -> str:
        """The name of the address that its form is sent to."""
        return f"counter_{self.name}"

    def read(self, contents: Mapping[str, Any]) -> Order:
        """An order of this leg as it was kept. Refused: an account or loan that is no longer known."""
        return read_order(self.about, contents)


def _deposit(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    return serve_deposit(
        session=session,
        account=order.account,
        amount=order.amount,
        notes=order.notes,
        memo=order.memo,
        is_approved=approved_by is not None,
        key=key,
        by=by,
        at=at,
    )


def _withdrawal(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    return serve_withdrawal(
        session=session,
        account=order.account,
        amount=order.amount,
        notes=order.notes,
        identity_seen=order.identity_seen,
        memo=order.memo,
        is_approved=approved_by is not None,
        key=key,
        by=by,
        at=at,
    )


def _transfer(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    if order.target is None:
        raise Refused("Enter the account that receives the money. Nothing was posted.", code="to", field="to")
    return serve_transfer(
        session=session,
        account=order.account,
        target=order.target,
        amount=order.amount,
        identity_seen=order.identity_seen,
        memo=order.memo,
        is_approved=approved_by is not None,
        key=key,
        by=by,
        at=at,
    )


def _repayment(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    return serve_repayment(
        session=session,
        loan=order.loan,
        amount=order.amount,
        notes=order.notes,
        is_approved=approved_by is not None,
        key=key,
        by=by,
        at=at,
    )


def _closing(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    return serve_closing(
        session=session,
        account=order.account,
        amount=order.amount,
        notes=order.notes,
        identity_seen=order.identity_seen,
        reason=order.memo,
        approved_by=approved_by,
        key=key,
        by=by,
        at=at,
    )


def _loan(order: Order, *, session: DrawerSession, key: str, approved_by: Any, by: Any, at: datetime) -> Posted:
    return serve_loan(
        session=session,
        loan=order.loan,
        amount=order.amount,
        notes=order.notes,
        identity_seen=order.identity_seen,
        is_approved=approved_by is not None,
        by=by,
        at=at,
    )


def _takes_cash(account: DepositAccount) -> bool:
    return account.product.kind != Product.Kind.FIXED


def _gives(account: DepositAccount) -> bool:
    return account.product.kind not in BY_OWN_RULES


def _closes(account: DepositAccount) -> bool:
    return _gives(account) and account.state in CLOSABLE


def _is_repaid(loan: Loan) -> bool:
    return loan.state in {*LIVE, Loan.State.WRITTEN_OFF}


def _is_approved(loan: Loan) -> bool:
    return loan.state == Loan.State.APPROVED


def _less(before: Money, paid: Money) -> Money:
    """What a payment leaves owed: never below nothing, the rest is kept for the member."""
    return max(before - paid, Money.zero(before.currency))


def _nothing(before: Money, paid: Money) -> Money:
    return Money.zero(before.currency)


_LEGS = (
    Leg(
        name=commands.DEPOSIT,
        label="Deposit",
        kind=EntryKind.DEPOSIT,
        letter="d",
        key="F3",
        icon="transfer-in",
        capability=Capability.CASH_RECEIVE,
        way=CashMovement.Way.IN,
        about=ACCOUNT,
        serve=_deposit,
        takes=_takes_cash,
        leaves=add,
    ),
    Leg(
        name=commands.WITHDRAWAL,
        label="Pay out",
        kind=EntryKind.WITHDRAWAL,
        letter="w",
        key="F4",
        icon="transfer-out",
        capability=Capability.CASH_PAY,
        way=CashMovement.Way.OUT,
        about=ACCOUNT,
        serve=_withdrawal,
        takes=_gives,
        leaves=sub,
        needs_identity=True,
    ),
    Leg(
        name=commands.REPAYMENT,
        label="Repay",
        kind=EntryKind.REPAYMENT,
        letter="r",
        key="F6",
        icon="loan",
        capability=Capability.CASH_RECEIVE,
        way=CashMovement.Way.IN,
        about=LOAN,
        serve=_repayment,
        takes=_is_repaid,
        leaves=_less,
        preposition="for",
        has_memo=False,
    ),
    Leg(
        name=commands.TRANSFER,
        label="Transfer",
        kind=EntryKind.TRANSFER,
        letter="t",
        key="F7",
        icon="transfer",
        capability=Capability.COUNTER_TRANSFER,
        way="",
        about=ACCOUNT,
        serve=_transfer,
        takes=_gives,
        leaves=sub,
        preposition="from",
        needs_identity=True,
        needs_target=True,
    ),
    Leg(
        name=commands.CLOSING,
        label="Close and pay out",
        kind=EntryKind.WITHDRAWAL,
        letter="c",
        icon="lock",
        capability=Capability.CASH_PAY,
        way=CashMovement.Way.OUT,
        about=ACCOUNT,
        serve=_closing,
        takes=_closes,
        leaves=_nothing,
        needs_identity=True,
        note="Interest to yesterday is added, what the account owes is taken, and it is closed for good. A manager must allow it.",
        whole=left_at_closing,
    ),
    Leg(
        name=commands.LOAN,
        label="Pay the loan out",
        kind=EntryKind.DISBURSEMENT,
        letter="l",
        icon="cash",
        capability=Capability.CASH_PAY,
        way=CashMovement.Way.OUT,
        about=LOAN,
        serve=_loan,
        takes=_is_approved,
        leaves=add,
        needs_identity=True,
        has_memo=False,
        note="What is handed over is the loan less its fee and what it settles. The first instalment counts from today.",
        whole=left_to_pay_out,
    ),
)
LEGS: dict[str, Leg] = {leg.name: leg for leg in _LEGS}
