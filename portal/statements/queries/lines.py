"""A statement: what an account had, every movement of a period with the balance after it, and what it had then.

Everything comes from one query over the postings, in the order of business date and `seq`, so that no two figures of a
statement can belong to different moments. The running balance is added up from the opening balance; for old books that
were loaded out of their order it is therefore still the balance of that day. The opening balance is counted forward from
the last snapshot or back from the present balance, whichever day is nearer: the cost follows the days between, not the
account's whole history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.movements import FEE_LINE, OTHER_BANKS, Movement, Party
from portal.ledger.models import EntryKind

_KINDS = {**dict(EntryKind.choices), EntryKind.PAYMENT.value: OTHER_BANKS}

_STATEMENT = """
WITH known AS (
    SELECT balance_minor, business_date FROM ledger_snapshot
     WHERE account_id = %(account)s AND business_date < %(start)s ORDER BY business_date DESC LIMIT 1
), opening AS (
    SELECT CASE WHEN (SELECT %(start)s::date - business_date <= %(today)s::date - %(start)s::date FROM known) THEN (
               SELECT (SELECT balance_minor FROM known) + coalesce(sum(
                          CASE WHEN p.side = %(side)s THEN p.amount_minor ELSE -p.amount_minor END), 0)
                 FROM ledger_posting AS p
                WHERE p.account_id = %(account)s AND p.business_date < %(start)s
                  AND p.business_date > (SELECT business_date FROM known)
           ) ELSE (
               SELECT coalesce((SELECT balance_minor FROM ledger_balance WHERE account_id = %(account)s), 0) - coalesce(sum(
                          CASE WHEN p.side = %(side)s THEN p.amount_minor ELSE -p.amount_minor END), 0)
                 FROM ledger_posting AS p
                WHERE p.account_id = %(account)s AND p.business_date >= %(start)s
           ) END AS minor
)
SELECT opening.minor, line.*
  FROM opening
  LEFT JOIN (
       SELECT CASE WHEN p.side = %(side)s THEN p.amount_minor ELSE -p.amount_minor END AS signed, p.line, p.seq,
              p.business_date, p.value_date, e.id AS entry_id, e.reference, e.kind, e.channel, e.memo, e.occurred_at,
              e.posted_at, origin.reference AS reverses, undoing.reference AS reversed_by,
              other.number AS other_number, other.full_name AS other_name
         FROM ledger_posting AS p
         JOIN ledger_entry AS e ON e.id = p.entry_id
         LEFT JOIN ledger_entry AS origin ON origin.id = e.reverses_id
         LEFT JOIN ledger_entry AS undoing ON undoing.reverses_id = e.id
         LEFT JOIN LATERAL (
              SELECT member.number, customer.full_name
                FROM ledger_posting AS o
                JOIN deposits_depositaccount AS member ON member.ledger_account_id = o.account_id
                JOIN people_customer AS customer ON customer.id = member.customer_id
               WHERE o.entry_id = e.id AND o.account_id <> p.account_id AND e.kind IN ('transfer', 'reversal')
               LIMIT 1
         ) AS other ON true
        WHERE p.account_id = %(account)s AND p.business_date BETWEEN %(start)s AND %(end)s
  ) AS line ON true
 ORDER BY line.business_date, line.seq
"""


class _Row(NamedTuple):
    """One row as the database gives it; without a movement all but the opening balance is None."""

    opening: int
    signed: int
    line: int
    seq: int
    business_date: date
    value_date: date
    entry_id: UUID
    reference: str | None
    kind: str
    channel: str
    memo: str
    occurred_at: datetime
    posted_at: datetime
    reverses: str | None
    reversed_by: str | None
    other_number: str | None
    other_name: str | None


@dataclass(frozen=True, slots=True)
class Line(Movement):
    """A movement as a line of a statement; its `balance_after` follows from the line before it."""

    line: int
    posted_at: datetime

    @property
    def posting_id(self) -> str:
        """Names this line for ever: the entry's reference and the line's number in it."""
        return f"{self.reference}-{self.line}"

    @property
    def sort(self) -> str:
        """Its kind, with the fee of a withdrawal apart from the withdrawal."""
        return EntryKind.FEE.value if self.is_fee else self.kind

    @property
    def debit(self) -> Money | None:
        """What left the account."""
        return -self.amount if self.amount.minor < 0 else None

    @property
    def credit(self) -> Money | None:
        """What came into the account."""
        return self.amount if self.amount.minor > 0 else None


@dataclass(frozen=True, slots=True)
class KindTotal:
    """How much came in and went out by movements of one kind."""

    label: str
    count: int
    money_in: Money
    money_out: Money


@dataclass(frozen=True)
class Statement:
    """An account over the days from `start` to `end`, both included: opening + lines = closing, always."""

    account: DepositAccount
    start: date
    end: date
    opening: Money
    lines: list[Line]

    @cached_property
    def closing(self) -> Money:
        return self.lines[-1].balance_after if self.lines else self.opening

    @cached_property
    def money_in(self) -> Money:
        return sum((line.credit for line in self.lines if line.credit), Money.zero(self.opening.currency))

    @cached_property
    def money_out(self) -> Money:
        return sum((line.debit for line in self.lines if line.debit), Money.zero(self.opening.currency))

    @cached_property
    def totals(self) -> list[KindTotal]:
        """Per kind of movement, the most frequent first."""
        zero = Money.zero(self.opening.currency)
        found: dict[str, KindTotal] = {}
        for line in self.lines:
            so_far = found.get(line.sort) or KindTotal(_KINDS[line.sort], 0, zero, zero)
            money_in, money_out = so_far.money_in + (line.credit or zero), so_far.money_out + (line.debit or zero)
            found[line.sort] = KindTotal(so_far.label, so_far.count + 1, money_in, money_out)
        return sorted(found.values(), key=lambda total: (-total.count, total.label))

    @property
    def is_provisional(self) -> bool:
        """Whether a day of the period still takes entries."""
        return self.end >= self.account.branch.business_date


def statement(account: DepositAccount, start: date, end: date) -> Statement:
    """The account's statement from `start` to `end`, both included. One query, whatever the account holds."""
    ledger_account = account.ledger_account
    of: dict[str, Any] = {"account": ledger_account.pk, "side": ledger_account.normal_side, "start": start, "end": end}
    of["today"] = account.branch.business_date
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, of)
        rows = [_Row(*row) for row in cursor.fetchall()]
    opening = Money(int(rows[0].opening), ledger_account.currency)
    return Statement(account, start, end, opening, list(_lines(opening, rows)))


def _lines(opening: Money, rows: list[_Row]) -> Iterator[Line]:
    balance = opening
    for row in rows:
        if row.reference is None:
            return
        amount = Money(row.signed, opening.currency)
        balance = balance + amount
        yield _line(row, amount, balance)


def _line(row: _Row, amount: Money, balance: Money) -> Line:
    same: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    return Line(
        **same,
        amount=amount,
        balance_after=balance,
        is_fee=row.kind == EntryKind.WITHDRAWAL and row.line == FEE_LINE,
        reverses=row.reverses or "",
        reversed_by=row.reversed_by or "",
        other=Party(row.other_number, row.other_name or "") if row.other_number else None,
    )


_SAME = (
    "entry_id", "seq", "kind", "reference", "business_date", "value_date", "occurred_at", "channel", "memo", "line",
    "posted_at",
)  # fmt: skip
