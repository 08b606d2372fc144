"""The balance sheet at the end of a day and the income statement of a span of days, each beside an earlier one.

Both are the trial balance told apart by kind. What the institution earned and is not yet carried into its reserves by an
entry stands in equity as the result, so that assets are liabilities and equity at the end of any day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger.models import Kind
from portal.ledger.queries import balances_at
from portal.reports.span import Span, year_so_far
from portal.reports.tree import INDENT, Node, trees

ASSETS, LIABILITIES, EQUITY = (Kind.ASSET, "Assets"), (Kind.LIABILITY, "Liabilities"), (Kind.EQUITY, "Equity")
INCOME, EXPENSES = (Kind.INCOME, "Income"), (Kind.EXPENSE, "Expenses")
_DEBIT_KINDS = frozenset((Kind.ASSET, Kind.EXPENSE))
_RESULT_KINDS = frozenset((Kind.INCOME, Kind.EXPENSE))

Amounts = tuple[Money, ...]
"""One for each column: the day or span asked for, then the earlier one if there is one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement, in the side where its kind grows. A heading repeats the sums of what stands below it."""

    code: str
    name: str
    depth: int
    is_heading: bool
    amounts: Amounts
    account_id: int | None

    @property
    def indent(self) -> str:
        return INDENT * self.depth


@dataclass(frozen=True, slots=True)
class Part:
    """All lines of a kind and their sum."""

    title: str
    lines: list[Line]
    total: Amounts


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """What is owned, what is owed, and what is left: one currency."""

    currency: str
    assets: Part
    liabilities: Part
    equity: Part

    @property
    def claims(self) -> Amounts:
        """Liabilities and equity together."""
        return _plus(self.liabilities.total, self.equity.total)

    @property
    def differences(self) -> Amounts:
        """Zero in every column, or the books are broken."""
        return _minus(self.assets.total, self.claims)

    @property
    def is_broken(self) -> bool:
        return any(self.differences)

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.assets, self.liabilities, self.equity


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """What was earned and spent within a span of days: one currency."""

    currency: str
    income: Part
    expenses: Part

    @property
    def result(self) -> Amounts:
        """Above zero a profit, below it a loss."""
        return _minus(self.income.total, self.expenses.total)

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.income, self.expenses


def balance_sheets(days: Iterable[date], branch: Branch | None) -> list[BalanceSheet]:
    """The balance sheet at the end of each of the days, side by side; of one branch or of all, one for each currency."""
    days = list(days)
    years = [year_so_far(day).before() for day in days]
    found = trees(_balances([*days, *years], branch), branch)
    return [_balance_sheet(currency, roots, len(days)) for currency, roots in found.items()]


def income_statements(spans: Iterable[Span], branch: Branch | None) -> list[IncomeStatement]:
    """The income statement of each of the spans, side by side; of one branch or of all, one for each currency."""
    spans = list(spans)
    ends = _balances([span.until for span in spans], branch)
    starts = _balances([span.before() for span in spans], branch)
    moved = [_moved(start, end) for start, end in zip(starts, ends, strict=True)]
    found = trees(moved, branch)
    return [
        IncomeStatement(currency, *(_part(kind, roots, currency, range(len(spans))) for kind in (INCOME, EXPENSES)))
        for currency, roots in found.items()
    ]


def _balances(days: Iterable[date], branch: Branch | None) -> list[Mapping[int, int]]:
    """The balances at the end of each day; a day that is asked for twice is read once."""
    known: dict[date, Mapping[int, int]] = {}
    found = []
    for day in days:
        if day not in known:
            known[day] = balances_at(day, branch_id=branch.pk if branch is not None else None)
        found.append(known[day])
    return found


def _moved(start: Mapping[int, int], end: Mapping[int, int]) -> Mapping[int, int]:
    return {account_id: int(minor) - int(start.get(account_id, 0)) for account_id, minor in end.items()}


def _balance_sheet(currency: str, roots: list[Node], columns: int) -> BalanceSheet:
    """The first columns of the tree are the days asked for, the others the ends of the years before them."""
    at_the_end = _result(roots, currency, range(columns))
    of_before = _result(roots, currency, range(columns, 2 * columns))
    shown = range(columns)
    assets, liabilities, equity = (_part(kind, roots, currency, shown) for kind in (ASSETS, LIABILITIES, EQUITY))
    results = [
        Line("", "Result of earlier years, not carried forward", 1, False, of_before, None),
        Line("", "Result of the year so far", 1, False, _minus(at_the_end, of_before), None),
    ]
    total = _plus(equity.total, at_the_end)
    return BalanceSheet(currency, assets, liabilities, Part(equity.title, [*equity.lines, *results], total))


def _result(roots: Iterable[Node], currency: str, columns: range) -> Amounts:
    """Income less expenses: what all accounts of both kinds have on the credit side."""
    sums = [0] * len(columns)
    for node in _leaves(roots):
        if node.account.kind in _RESULT_KINDS:
            sums = [total - node.nets[column] for total, column in zip(sums, columns, strict=True)]
    return tuple(Money(minor, currency) for minor in sums)


def _leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if not node.is_heading:
            yield node
        yield from _leaves(node.children)


def _part(kind: tuple[Kind, str], roots: Iterable[Node], currency: str, columns: range) -> Part:
    wanted, title = kind
    lines = [line for root in roots if root.account.kind == wanted for line in _lines(root, currency, columns, depth=0)]
    return Part(title, lines, _sum(lines, currency, columns))


def _lines(node: Node, currency: str, columns: range, *, depth: int) -> Iterator[Line]:
    account = node.account
    below = [line for child in node.children for line in _lines(child, currency, columns, depth=depth + 1)]
    if node.is_heading:
        amounts = _sum(below, currency, columns)
    else:
        sign = 1 if account.kind in _DEBIT_KINDS else -1
        amounts = tuple(Money(sign * node.nets[column], currency) for column in columns)
    yield Line(account.code, account.name, depth, node.is_heading, amounts, node.single)
    yield from below


def _sum(lines: Iterable[Line], currency: str, columns: range) -> Amounts:
    total: Amounts = tuple(Money.zero(currency) for _ in columns)
    for line in lines:
        if not line.is_heading:
            total = _plus(total, line.amounts)
    return total


def _plus(some: Amounts, more: Amounts) -> Amounts:
    return tuple(one + other for one, other in zip(some, more, strict=True))


def _minus(some: Amounts, less: Amounts) -> Amounts:
    return tuple(one - other for one, other in zip(some, less, strict=True))
