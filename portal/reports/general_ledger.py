"""The general ledger of a span of days: what each account opened with, took on either side, and closed with.

Members' accounts stand as one line, as in the trial balance. Every line of every account, with the balance after each, is
a format of the journal's export (`formats.general_ledger`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger.models import Side
from portal.ledger.queries import balances_at
from portal.reports.span import Span
from portal.reports.tree import INDENT, Balances, Node, trees

# Account by account, so that each reads its own days through the index; over all days of all accounts there is none.
_TURNOVERS = """
SELECT a.id, a.normal_side, moved.debit, moved.credit
  FROM ledger_account AS a
  CROSS JOIN LATERAL (
       SELECT sum(p.amount_minor) FILTER (WHERE p.side = 'D') AS debit,
              sum(p.amount_minor) FILTER (WHERE p.side = 'C') AS credit
         FROM ledger_posting AS p
        WHERE p.account_id = a.id AND p.business_date BETWEEN %(since)s AND %(until)s
  ) AS moved
 WHERE NOT a.is_header AND (%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)
   AND (moved.debit IS NOT NULL OR moved.credit IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the chart. Balances are in the side where its kind grows; a heading repeats the sums below it."""

    code: str
    name: str
    depth: int
    is_heading: bool
    opening: Money
    debit: Money
    credit: Money
    closing: Money
    account_id: int | None

    @property
    def indent(self) -> str:
        return INDENT * self.depth


@dataclass(frozen=True, slots=True)
class GeneralLedger:
    """One currency's accounts within a span, and what was posted on either side. The two sums must agree."""

    currency: str
    rows: list[Row]
    debit: Money
    credit: Money

    @property
    def difference(self) -> Money:
        """Zero, or the books are broken."""
        return self.debit - self.credit


def general_ledgers(span: Span, branch: Branch | None) -> list[GeneralLedger]:
    """Every line of the chart over the days of a span, of one branch or of all; one ledger for each currency.

    Five queries, whatever the books hold; the cost follows the lines within the span and those since the last snapshots.
    """
    branch_id = branch.pk if branch is not None else None
    debits, credits_ = _turnovers(span, branch_id)
    opening = balances_at(span.before(), branch_id=branch_id)
    closing = balances_at(span.until, branch_id=branch_id)
    found = trees([opening, debits, credits_, closing], branch)
    return [_general_ledger(currency, roots) for currency, roots in found.items()]


def _turnovers(span: Span, branch_id: int | None) -> tuple[Balances, Balances]:
    """Debits and credits by account, signed as `trees` wants them: in the account's normal side."""
    debits: dict[int, int] = {}
    credits_: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TURNOVERS, {"since": span.since, "until": span.until, "branch": branch_id})
        for account_id, side, debit, credit in cursor.fetchall():
            sign = 1 if side == Side.DEBIT else -1
            debits[account_id], credits_[account_id] = sign * int(debit or 0), -sign * int(credit or 0)
    return debits, credits_


def _general_ledger(currency: str, roots: Iterable[Node]) -> GeneralLedger:
    rows = [row for root in roots for row in _rows(root, currency, depth=0)]
    lines = [row for row in rows if not row.is_heading]
    zero = Money.zero(currency)
    return GeneralLedger(
        currency, rows, sum((row.debit for row in lines), zero), sum((row.credit for row in lines), zero)
    )


def _rows(node: Node, currency: str, *, depth: int) -> Iterator[Row]:
    below = [row for child in node.children for row in _rows(child, currency, depth=depth + 1)]
    account = node.account
    sums = _summed(below, currency) if node.is_heading else _own(node, currency)
    yield Row(account.code, account.name, depth, node.is_heading, *sums, node.single)
    yield from below


def _own(node: Node, currency: str) -> tuple[Money, Money, Money, Money]:
    opening, debit, credit, closing = node.nets
    sign = 1 if node.account.normal_side == Side.DEBIT else -1
    minors = (sign * opening, debit, -credit, sign * closing)
    first, second, third, last = (Money(minor, currency) for minor in minors)
    return first, second, third, last


def _summed(below: Iterable[Row], currency: str) -> tuple[Money, Money, Money, Money]:
    opening = debit = credit = closing = Money.zero(currency)
    for row in below:
        if not row.is_heading:
            opening, debit = opening + row.opening, debit + row.debit
            credit, closing = credit + row.credit, closing + row.closing
    return opening, debit, credit, closing
