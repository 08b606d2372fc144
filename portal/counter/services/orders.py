"""One leg as the cashier means it, and how rows and requests keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.base.money import Money
from portal.counter.services.subjects import ACCOUNT, About, Subject, subject_named
from portal.deposits.models import DepositAccount
from portal.loans.models import Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One leg as the cashier means it: of which account or loan, how much, in which notes, and to whom."""

    subject: Subject
    amount: Money
    notes: Mapping[int, int] = field(default_factory=dict)
    memo: str = ""
    identity_seen: bool = False
    target: DepositAccount | None = None

    @property
    def account(self) -> DepositAccount:
        """The account it is about. An order about a loan has none: a mistake of the program."""
        if not isinstance(self.subject, DepositAccount):
            raise TypeError("this leg is about an account")
        return self.subject

    @property
    def loan(self) -> Loan:
        """The loan it is about. An order about an account has none: a mistake of the program."""
        if not isinstance(self.subject, Loan):
            raise TypeError("this leg is about a loan")
        return self.subject


def kept(order: Order) -> dict[str, Any]:
    """An order as rows and requests keep it: whole numbers and texts. `account` is the number of what it is about."""
    return {
        "account": order.subject.number,
        "amount_minor": order.amount.minor,
        "currency": order.amount.currency,
        "notes": {str(value): quantity for value, quantity in sorted(order.notes.items()) if quantity},
        "memo": order.memo,
        "identity_seen": int(order.identity_seen),
        "to": order.target.number if order.target else "",
    }


def read_order(kind: About, contents: Mapping[str, Any]) -> Order:
    """As `kept` wrote it, for a leg about this kind. Refused: an account or loan that is no longer known."""
    return Order(
        subject=subject_named(kind, contents, "account"),
        amount=Money(contents["amount_minor"], contents["currency"]),
        notes={int(value): quantity for value, quantity in contents["notes"].items()},
        memo=contents["memo"],
        identity_seen=bool(contents["identity_seen"]),
        target=subject_named(ACCOUNT, contents, "to") if contents["to"] else None,
    )
