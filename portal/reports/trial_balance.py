"""The trial balance: every account's balance on a day, in a tree, debit beside credit. The two sums must agree.

Balances come from `ledger.queries.balances_at`, the one place that knows how to start from a snapshot. Members' accounts
stand as one line each for deposits and shares; the lines behind them have a page of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, Side
from portal.ledger.queries import balances_at

MEMBERS = (chart.DEPOSITS, chart.SHARES)
"""Headings whose accounts belong to members: as many as there are members, so they are summed up."""


@dataclass(slots=True)
class _Node:
    """A line of the chart, over all branches asked for; `net_minor` is signed, debit above zero."""

    account: Account
    ids: list[int] = field(default_factory=list)
    net_minor: int = 0
    children: list[_Node] = field(default_factory=list)


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
        return "\N{EM SPACE}" * self.depth

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

    Accounts of several branches with the same code are one line. Three queries, whatever the books hold.
    """
    accounts = Account.objects.all() if branch is None else Account.objects.filter(branch=branch)
    balances = balances_at(day, branch_id=branch.pk if branch is not None else None)
    lines = list(accounts.exclude(parent__code__in=MEMBERS).select_related("parent").order_by("code", "branch_id"))
    members = accounts.filter(parent__code__in=MEMBERS).values_list("id", "parent_id", "normal_side")
    under: dict[int, int] = {}
    for account_id, parent_id, side in members.iterator(chunk_size=5000):
        under[parent_id] = under.get(parent_id, 0) + _signed(balances.get(account_id, 0), side)
    by_currency = {currency: [line for line in lines if line.currency == currency] for currency in _currencies(lines)}
    return [_trial_balance(currency, of_it, balances, under) for currency, of_it in by_currency.items()]


def _currencies(lines: Iterable[Account]) -> list[str]:
    return sorted({line.currency for line in lines})


def _trial_balance(
    currency: str, lines: Iterable[Account], balances: dict[int, int], under: dict[int, int]
) -> TrialBalance:
    rows = [row for root in _tree(lines, balances, under) for row in _rows(root, currency, depth=0)]
    zero = Money.zero(currency)
    debit = sum((row.debit for row in rows if row.counts and row.debit), zero)
    credit = sum((row.credit for row in rows if row.counts and row.credit), zero)
    return TrialBalance(currency, rows, debit, credit)


def _tree(lines: Iterable[Account], balances: dict[int, int], under: dict[int, int]) -> list[_Node]:
    nodes: dict[str, _Node] = {}
    for account in lines:
        node = nodes.setdefault(account.code, _Node(account))
        node.ids.append(account.pk)
        node.net_minor += _signed(balances.get(account.pk, 0), account.normal_side) + under.get(account.pk, 0)
    roots: list[_Node] = []
    for node in nodes.values():
        parent = nodes.get(node.account.parent.code) if node.account.parent is not None else None
        (parent.children if parent else roots).append(node)
    return roots


def _rows(node: _Node, currency: str, *, depth: int) -> Iterator[Row]:
    account = node.account
    below = [row for child in node.children for row in _rows(child, currency, depth=depth + 1)]
    is_heading = account.is_header and account.code not in MEMBERS
    if is_heading:
        debit, credit = _sums(below, currency)
    else:
        debit, credit = _sides(Money(node.net_minor, currency), account.normal_side)
    single = node.ids[0] if len(node.ids) == 1 and not account.is_header else None
    yield Row(account.code, account.name, depth, is_heading, debit, credit, single)
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


def _signed(minor: int, normal_side: str) -> int:
    return int(minor) if normal_side == Side.DEBIT else -int(minor)
