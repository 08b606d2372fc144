"""An account over time: month by month, by kind, by counterparty, and how far its goal is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from portal.base.money import Money
from portal.deposits.calendar import add_months
from portal.deposits.models import DepositAccount, Goal
from portal.deposits.queries import sql
from portal.ledger.models import EntryKind
from portal.ledger.queries import balance_at

MONTHS = 12
MOST_PARTIES = 5


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month of an account, in minor units."""

    month: date
    inward: int
    outward: int
    end: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Share:
    """What moved of a kind, or with a person."""

    name: str
    count: int
    inward: Money
    outward: Money


@dataclass(frozen=True, slots=True)
class Analysis:
    """A year of an account."""

    since: date
    until: date
    months: list[MonthPoint]
    kinds: list[Share]
    parties: list[Share]

    @property
    def is_empty(self) -> bool:
        return not self.kinds


def analysis(account: DepositAccount, until: date, *, months: int = MONTHS) -> Analysis:
    """The year up to a day: this month and the eleven before. Four queries, whatever it holds."""
    since = add_months(until.replace(day=1), 1 - months)
    values = {
        "account": account.ledger_account_id,
        "customer": account.customer_id,
        "since": since,
        "until": until,
        "most": MOST_PARTIES,
    }
    return Analysis(
        since,
        until,
        _months(account, values, months),
        [Share(str(EntryKind(kind).label), *rest) for kind, *rest in _shares("analysis_kinds", account, values)],
        [Share(name, *rest) for name, *rest in _shares("analysis_parties", account, values)],
    )


def _months(account: DepositAccount, values: dict[str, Any], count: int) -> list[MonthPoint]:
    """Every month, those without a movement too."""
    moved = {month: figures for month, *figures in _rows("analysis_months", values)}
    since: date = values["since"]
    running = balance_at(account.ledger_account, date.fromordinal(since.toordinal() - 1)).minor
    found = []
    for number in range(count):
        month = add_months(since, number)
        inward, outward, end, lowest, highest = moved.get(month, (0, 0, running, running, running))
        found.append(MonthPoint(month, int(inward), int(outward), end, min(lowest, running), max(highest, running)))
        running = end
    return found


def _shares(name: str, account: DepositAccount, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    currency = account.currency
    return [
        (label, count, Money(int(inward), currency), Money(int(outward), currency))
        for label, count, inward, outward in _rows(name, values)
    ]


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql(name), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def goal_of(account: DepositAccount) -> Goal | None:
    """What the account is being saved for."""
    goal = Goal.objects.filter(account=account).first()
    if goal is not None:
        goal.account = account
    return goal


def monthly_needed(goal: Goal, booked: Money, day: date) -> Money | None:
    """How much a month reaches the goal by its day, rounded up; None without a day, or once it is reached or over."""
    missing = goal.target_minor - booked.minor
    if goal.by_day is None or goal.by_day <= day or missing <= 0:
        return None
    months = max((goal.by_day.year - day.year) * 12 + goal.by_day.month - day.month, 1)
    return Money(-(-missing // months), booked.currency)
