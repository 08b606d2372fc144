"""The trial balance: every account's balance on a day, in a tree, debit beside credit. The two sums must agree.

Balances come from `ledger.queries.balances_at`, the one place that knows how to start from a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger.models import Side
from portal.ledger.queries import balances_at
from portal.reports.tree import INDENT, Node, trees


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the report. A heading repeats the sums of what stands below it; only the other lines are counted."""

    code: str
    name: str
    depth: int
    is_heading: bool
    debit: Money | None
    credit: Money | None
    account_id: int | None

    @property
    def indent(self) -> str:
        """Spaces that show how deep the line stands in the tree."""
        return INDENT * self.depth

    @property
    def counts(self) -> bool:
        return not self.is_heading


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """One currency's tree on a day, and both sums."""

    currency: str
    rows: list[Row]
    debit: Money
    credit: Money

    @property
    def difference(self) -> Money:
        """Zero, or the books are broken."""
        return self.debit - self.credit


def trial_balances(day: date, branch: Branch | None) -> list[TrialBalance]:
    """The trial balance at the end of a day, of one branch or of all together; one for each currency.

    Three queries, whatever the books hold.
    """
    found = trees([balances_at(day, branch_id=branch.pk if branch is not None else None)], branch)
    return [_trial_balance(currency, roots) for currency, roots in found.items()]


def _trial_balance(currency: str, roots: Iterable[Node]) -> TrialBalance:
    rows = [row for root in roots for row in _rows(root, currency, depth=0)]
    debit, credit = (total or Money.zero(currency) for total in _sums(rows, currency))
    return TrialBalance(currency, rows, debit, credit)


def _rows(node: Node, currency: str, *, depth: int) -> Iterator[Row]:
    account = node.account
    below = [row for child in node.children for row in _rows(child, currency, depth=depth + 1)]
    if node.is_heading:
        debit, credit = _sums(below, currency)
    else:
        debit, credit = _sides(Money(node.nets[0], currency), account.normal_side)
    yield Row(account.code, account.name, depth, node.is_heading, debit, credit, node.single)
    yield from below


def _sums(rows: list[Row], currency: str) -> tuple[Money | None, Money | None]:
    zero = Money.zero(currency)
    debit = sum((row.debit for row in rows if row.counts and row.debit), zero)
    credit = sum((row.credit for row in rows if row.counts and row.credit), zero)
    return debit or None, credit or None


def _sides(net: Money, normal_side: str) -> tuple[Money | None, Money | None]:
    """A balance under its side's column; zero stands on the side where the account grows."""
    if net.minor > 0 or (not net and normal_side == Side.DEBIT):
        return net, None
    return None, -net
