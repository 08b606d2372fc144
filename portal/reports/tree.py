"""The chart of accounts as a tree of figures, over one branch or all: what the reports on balances have in common.

Accounts of several branches with the same code are one line. Members' accounts stand as one line each for deposits and
shares; the lines behind them have a page of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.institution.models import Branch
from portal.ledger.chart import MEMBERS
from portal.ledger.models import Account, Side

INDENT = "\N{EM SPACE}"

Balances = Mapping[int, int]
"""Minor units in the account's normal side, by account id."""


@dataclass(slots=True)
class Node:
    """A line of the chart; `nets` has a figure for each column asked for, signed, debit above zero."""

    account: Account
    nets: list[int]
    ids: list[int] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        """Whether it only repeats what stands below it."""
        return self.account.is_header and self.account.code not in MEMBERS

    @property
    def single(self) -> int | None:
        """The one account behind the line, when there is just one."""
        return self.ids[0] if len(self.ids) == 1 and not self.account.is_header else None


def trees(columns: Sequence[Balances], branch: Branch | None) -> dict[str, list[Node]]:
    """The roots of the chart by currency, with a figure for each column. Two queries, whatever the books hold."""
    accounts = Account.objects.all() if branch is None else Account.objects.filter(branch=branch)
    lines = list(accounts.exclude(parent__code__in=MEMBERS).select_related("parent").order_by("code", "branch_id"))
    members = accounts.filter(parent__code__in=MEMBERS).values_list("id", "parent_id", "normal_side")
    under: dict[int, list[int]] = {}
    for account_id, parent_id, side in members.iterator(chunk_size=5000):
        _add(under.setdefault(parent_id, [0] * len(columns)), _nets(account_id, side, columns))
    currencies = sorted({line.currency for line in lines})
    return {it: _tree([line for line in lines if line.currency == it], columns, under) for it in currencies}


def _tree(lines: Iterable[Account], columns: Sequence[Balances], under: Mapping[int, list[int]]) -> list[Node]:
    nodes: dict[str, Node] = {}
    for account in lines:
        node = nodes.setdefault(account.code, Node(account, [0] * len(columns)))
        node.ids.append(account.pk)
        _add(node.nets, _nets(account.pk, account.normal_side, columns))
        _add(node.nets, under.get(account.pk, ()))
    roots: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.account.parent.code) if node.account.parent is not None else None
        (parent.children if parent else roots).append(node)
    return roots


def _nets(account_id: int, normal_side: str, columns: Sequence[Balances]) -> list[int]:
    sign = 1 if normal_side == Side.DEBIT else -1
    return [sign * int(balances.get(account_id, 0)) for balances in columns]


def _add(sums: list[int], more: Iterable[int]) -> None:
    for column, minor in enumerate(more):
        sums[column] += minor
