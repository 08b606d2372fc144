"""The first pages of those who look after the whole house: operations manager, administrator, auditor."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count, Max, Q, Sum

from portal.access.roles import Role
from portal.audit.models import Event
from portal.base.money import Money
from portal.deposits.models import InterestPosting
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, Seal, Unsealed
from portal.outbox.models import Job
from portal.people.models import User
from portal.signin.trail import REFUSED

LOOK_BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch with its open day, its cash (vault and drawers) and what its members have saved."""

    branch: Branch
    cash: Money
    deposits: Money


@dataclass(frozen=True, slots=True)
class Work:
    """How much background work waits, and how much failed and needs somebody."""

    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class OperationsHome:
    branches: list[BranchLine]
    interest_through: date | None
    work: Work


def operations_home() -> OperationsHome:
    """Every branch at a glance. Four queries, however many branches and accounts there are."""
    through = InterestPosting.objects.aggregate(last=Max("period_end"))["last"]
    return OperationsHome(branches=branch_lines(), interest_through=through, work=work())


def branch_lines() -> list[BranchLine]:
    """Cash and deposits of each branch in the currency of its books, from the running balances."""
    rows = (
        Account.objects.filter(parent__code__in=(chart.CASH, chart.DRAWERS, chart.DEPOSITS), is_header=False)
        .values("branch_id", "parent__code", "currency")
        .annotate(total=Sum("balance__balance_minor", default=0))
    )
    cash: Counter[int] = Counter()
    saved: Counter[int] = Counter()
    currencies: dict[int, str] = {}
    for row in rows:
        (saved if row["parent__code"] == chart.DEPOSITS else cash)[row["branch_id"]] += row["total"]
        currencies[row["branch_id"]] = row["currency"]
    return [
        BranchLine(
            branch, Money(cash[branch.pk], currencies[branch.pk]), Money(saved[branch.pk], currencies[branch.pk])
        )
        for branch in Branch.objects.all()
        if branch.pk in currencies
    ]


def work() -> Work:
    """The state of the background work."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    counts = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=open_states)), failed=Count("pk", filter=Q(state=Job.State.FAILED))
    )
    return Work(**counts)


@dataclass(frozen=True, slots=True)
class RoleCount:
    """How many people have a role, and how many of them are suspended."""

    role: str
    active: int
    suspended: int


@dataclass(frozen=True, slots=True)
class AdministratorHome:
    roles: list[RoleCount]
    sessions: int
    refusals: int
    work: Work


def administrator_home(at: datetime) -> AdministratorHome:
    """Who can sign in, who has, who failed to in the last day, and whether the work goes on."""
    rows = User.objects.values("role").annotate(
        active=Count("pk", filter=Q(is_active=True)), suspended=Count("pk", filter=Q(is_active=False))
    )
    found = {row["role"]: row for row in rows}
    nobody = {"active": 0, "suspended": 0}
    counts = [(role, found.get(role, nobody)) for role in Role]
    return AdministratorHome(
        roles=[RoleCount(role.label, row["active"], row["suspended"]) for role, row in counts],
        sessions=Session.objects.filter(expire_date__gt=at).count(),
        refusals=Event.objects.filter(verb=REFUSED, at__gte=at - LOOK_BACK).count(),
        work=work(),
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a branch's entries are sealed into its hash chain."""

    branch: Branch
    length: int
    sealed_at: datetime | None
    waiting: int


def chains() -> list[Chain]:
    """The hash chain of each branch, and what it has not taken in yet. Three queries."""
    lengths = Seal.objects.values("branch_id").annotate(length=Max("chain_seq"), last=Max("sealed_at"))
    sealed = {row["branch_id"]: (row["length"], row["last"]) for row in lengths}
    waiting = dict(Unsealed.objects.values_list("branch_id").annotate(Count("pk")))
    return [
        Chain(branch, *sealed.get(branch.pk, (0, None)), waiting=waiting.get(branch.pk, 0))
        for branch in Branch.objects.all()
    ]


# A running balance stands for its account's whole history; only hot accounts are summed up, from their last snapshot on.
_DIFFERENCES = """
SELECT a.currency, coalesce(sum(CASE a.normal_side WHEN 'D' THEN b.minor ELSE -b.minor END), 0)::bigint
  FROM ledger_account AS a
  LEFT JOIN ledger_balance AS running ON running.account_id = a.id
  LEFT JOIN LATERAL (
       SELECT balance_minor, business_date FROM ledger_snapshot
        WHERE account_id = a.id AND NOT a.tracked ORDER BY business_date DESC LIMIT 1
  ) AS s ON true
  CROSS JOIN LATERAL (
       SELECT CASE WHEN a.tracked THEN running.balance_minor ELSE coalesce(s.balance_minor, 0) + coalesce((
           SELECT sum(CASE WHEN p.side = a.normal_side THEN p.amount_minor ELSE -p.amount_minor END)
             FROM ledger_posting AS p
            WHERE p.account_id = a.id AND p.business_date > coalesce(s.business_date, '-infinity')
       ), 0) END AS minor
  ) AS b
 WHERE NOT a.is_header
 GROUP BY a.currency ORDER BY a.currency
"""


def differences() -> list[Money]:
    """All debits less all credits now, currency by currency: zero each, or the books are broken. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        return [Money(minor, currency) for currency, minor in cursor.fetchall()]
