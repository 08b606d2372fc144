"""The chart of accounts of one branch, as a tree to look at and to edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.ledger.chart import MEMBERS, OTHERS
from portal.ledger.models import Account
from portal.reports import queries
from portal.reports.tree import INDENT


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of the chart. `members` counts the members' accounts below it, which are not listed."""

    account: Account
    depth: int
    members: int | None
    is_editable: bool

    @property
    def indent(self) -> str:
        return INDENT * self.depth

    @property
    def takes_accounts(self) -> bool:
        """Whether a line may be added below it here."""
        return self.account.is_header and self.account.is_active and self.account.code not in OTHERS


def branch_of_chart(user: Any, code: str) -> Branch | None:
    """The branch with this code, else the reader's own, else the first; None before there is one. 404 beyond reach."""
    asked = queries.branch_asked_for(user, Capability.CHART_VIEW, code)
    if asked is not None:
        return asked
    branches = branches_within(user, Capability.CHART_VIEW)
    return branches.filter(pk=user.branch_id).first() or branches.order_by("code").first()


def chart_of(branch: Branch) -> list[ChartLine]:
    """The tree of a branch, headers before what stands below them. Two queries, whatever the branch holds."""
    accounts = Account.objects.filter(branch=branch)
    below: dict[int | None, list[Account]] = {}
    for account in accounts.exclude(parent__code__in=MEMBERS).select_related("parent").order_by("code"):
        below.setdefault(account.parent_id, []).append(account)
    counted = accounts.filter(parent__code__in=MEMBERS).order_by().values_list("parent_id").annotate(Count("pk"))
    return list(_lines(below.get(None, []), below, dict(counted), depth=0))


def _lines(
    accounts: Sequence[Account],
    below: Mapping[int | None, list[Account]],
    members: Mapping[int | None, int],
    *,
    depth: int,
) -> Iterator[ChartLine]:
    for account in accounts:
        count = members.get(account.pk, 0) if account.code in MEMBERS else None
        yield ChartLine(account, depth, count, _is_editable(account))
        yield from _lines(below.get(account.pk, []), below, members, depth=depth + 1)


def _is_editable(account: Account) -> bool:
    return account.parent is None or account.parent.code not in OTHERS


def editable_account(user: Any, account_id: int) -> Account:
    """An account whose place in the chart this user may change; 404 for every other, members' and drawers' too."""
    branches = branches_within(user, Capability.CHART_EDIT)
    account = get_object_or_404(Account.objects.select_related("branch", "parent"), pk=account_id, branch__in=branches)
    return account if _is_editable(account) else get_object_or_404(Account.objects.none())


def headers_of(branch: Branch, *, account: Account | None = None) -> QuerySet[Account]:
    """Where in the chart of a branch accounts may be put; of `account`'s kind when one is to be moved.

    Its present header is among them even when it is closed, so that a rename needs no move.
    """
    headers = Account.objects.filter(branch=branch, is_header=True).exclude(code__in=OTHERS).order_by("code")
    if account is None:
        return headers.filter(is_active=True)
    place = Q(is_active=True) | Q(pk=account.parent_id or 0)
    return headers.filter(place, kind=account.kind).exclude(pk=account.pk)
