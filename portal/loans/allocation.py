"""Sharing a payment out. Pure: what is due, an amount and an order in, parts out. All amounts are minor units.

What is due comes first, in the order the product says, the oldest instalment before the next. What is left pays the next
instalments ahead, or earned interest and then principal, after which the rows are worked out anew. At the settlement
figure the loan is over: what is more than that is overpaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.loans.models import Allocation, Early
from portal.loans.schedules import Interest, Row, ScheduleTerms, accrued, recast


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """How an amount is used."""

    penalty: int = 0
    fee: int = 0
    interest: int = 0
    principal: int = 0
    over: int = 0

    @property
    def total(self) -> int:
        return self.penalty + self.fee + self.interest + self.principal + self.over

    def __add__(self, other: Parts) -> Parts:
        return Parts(
            penalty=self.penalty + other.penalty,
            fee=self.fee + other.fee,
            interest=self.interest + other.interest,
            principal=self.principal + other.principal,
            over=self.over + other.over,
        )


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is missing of one row."""

    row: Row
    interest: int
    principal: int

    @property
    def total(self) -> int:
        return self.interest + self.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a loan stands: the rows that hold, the principal outstanding, and what was paid since they hold.

    `paid_interest` counts since the rows began; `carried` is interest from before them, part of the first row. `penalty`
    and `fee` are what is charged and unpaid, `over` what was paid too much.
    """

    terms: ScheduleTerms
    rows: Sequence[Row]
    balance: int
    paid_interest: int = 0
    carried: int = 0
    penalty: int = 0
    fee: int = 0
    over: int = 0

    def unpaid(self) -> list[Unpaid]:
        """The rows that are not paid yet, oldest first, each with what is missing of it."""
        paid_principal = sum(row.principal_minor for row in self.rows) - self.balance
        paid_interest = self.paid_interest
        found = []
        for row in self.rows:
            interest, principal = min(paid_interest, row.interest_minor), min(paid_principal, row.principal_minor)
            paid_interest, paid_principal = paid_interest - interest, paid_principal - principal
            missing = Unpaid(row, row.interest_minor - interest, row.principal_minor - principal)
            if missing.total:
                found.append(missing)
        return found

    def late(self, day: date) -> list[Unpaid]:
        """What was due before a day and is not paid."""
        return [each for each in self.unpaid() if each.row.due < day]

    def days_late(self, day: date) -> int:
        """Days since the oldest instalment that is not paid fell due."""
        late = self.late(day)
        return (day - late[0].row.due).days if late else 0

    def interest_to(self, day: date) -> int:
        """Interest earned up to a day and not paid; below zero where it was paid ahead."""
        return self.carried + accrued(self.rows, day) - self.paid_interest

    def settlement(self, day: date) -> Parts:
        """What ends the loan on a day."""
        interest = max(self.interest_to(day), 0)
        return Parts(penalty=self.penalty, fee=self.fee, interest=interest, principal=self.balance)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a payment was used for, and where the loan stands after it. `is_recast` says that its rows are new."""

    parts: Parts
    after: Position
    is_recast: bool = False


def pay(position: Position, amount: int, day: date, *, order: Allocation, early: Early) -> Paid:
    """Share an amount out on a day. More than the settlement figure is overpaid; the outstanding is never below zero."""
    whole = position.settlement(day)
    if amount >= whole.total:
        return _ended(position, replace(whole, over=amount - whole.total))
    due = [each for each in position.unpaid() if each.row.due <= day]
    parts = _fill(amount, position, due, order)
    left = amount - parts.total
    after = _after(position, parts)
    if not left:
        return Paid(parts, after)
    if early is Early.NEXT and position.terms.interest is not Interest.BALANCE:
        ahead = _fill_rows(left, after.unpaid())
        return Paid(parts + ahead, _after(after, ahead))
    return _reduced(parts, after, left, day, early)


def _ended(position: Position, parts: Parts) -> Paid:
    after = _after(position, parts)
    return Paid(parts, after)


def _fill(amount: int, position: Position, due: Sequence[Unpaid], order: Allocation) -> Parts:
    """Fill what is due, in the product's order."""
    if order is Allocation.INSTALMENTS_FIRST:
        rows = _fill_rows(amount, due)
        return rows + _fill_charges(amount - rows.total, position)
    if order is Allocation.PRINCIPAL_FIRST:
        principal = min(amount, sum(each.principal for each in due))
        interest = min(amount - principal, sum(each.interest for each in due))
        rows = Parts(principal=principal, interest=interest)
        return rows + _fill_charges(amount - rows.total, position, fee_first=True)
    charges = _fill_charges(amount, position)
    return charges + _fill_rows(amount - charges.total, due)


def _fill_charges(amount: int, position: Position, *, fee_first: bool = False) -> Parts:
    if fee_first:
        fee = min(amount, position.fee)
        return Parts(fee=fee, penalty=min(amount - fee, position.penalty))
    penalty = min(amount, position.penalty)
    return Parts(penalty=penalty, fee=min(amount - penalty, position.fee))


def _fill_rows(amount: int, rows: Sequence[Unpaid]) -> Parts:
    """Row by row, interest before principal."""
    interest = principal = 0
    for each in rows:
        take = min(amount, each.interest)
        interest, amount = interest + take, amount - take
        take = min(amount, each.principal)
        principal, amount = principal + take, amount - take
    return Parts(interest=interest, principal=principal)


def _after(position: Position, parts: Parts) -> Position:
    return replace(
        position,
        balance=position.balance - parts.principal,
        paid_interest=position.paid_interest + parts.interest,
        penalty=position.penalty - parts.penalty,
        fee=position.fee - parts.fee,
        over=position.over + parts.over,
    )


def _reduced(parts: Parts, after: Position, left: int, day: date, early: Early) -> Paid:
    """Earned interest first, then principal, and new rows from this day on."""
    rest = [row for row in after.rows if row.due > day]
    skipped = _closed_rows(rest, left) if early is Early.NEXT else 0
    earned = min(max(after.interest_to(day), 0), left)
    ahead = Parts(interest=earned, principal=left - earned)
    reduced = _after(after, ahead)
    if not ahead.principal or not rest:
        return Paid(parts + ahead, reduced)
    fewer = early is not Early.SMALLER
    rows = recast(after.terms, rest, balance=reduced.balance, on=day, fewer=fewer, skipped=skipped)
    ahead_of_time = max(-reduced.interest_to(day), 0)
    fresh = replace(reduced, rows=rows, paid_interest=ahead_of_time, carried=0)
    return Paid(parts + ahead, fresh, is_recast=True)


def _closed_rows(rest: Sequence[Row], left: int) -> int:
    """How many of the next instalments an amount pays whole. The last one always stays."""
    closed = 0
    for row in rest[:-1]:
        if left < row.total_minor:
            break
        left, closed = left - row.total_minor, closed + 1
    return closed
