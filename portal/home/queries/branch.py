"""The first pages of those who work in a branch: the cashier's drawer, the manager's cash and deposits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from portal.base.money import Money
from portal.drawers import queries as drawers
from portal.drawers.models import CashMovement, Drawer, DrawerSession
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind, Kind, Posting, Side

DAYS = 14


@dataclass(frozen=True, slots=True)
class Served:
    """A movement of cash through the drawer."""

    movement: CashMovement
    amount: Money


@dataclass(frozen=True, slots=True)
class CashierHome:
    """The drawer somebody works with today. No figure here tells what should lie in it: the count is blind."""

    session: DrawerSession | None
    served: int
    last: list[Served]

    @property
    def is_left_over(self) -> bool:
        """Opened on an earlier day and never closed."""
        session = self.session
        return session is not None and session.business_date < session.drawer.branch.business_date


def cashier_home(user: Any) -> CashierHome:
    """The drawer this person has open, with the last movements through it. Three queries at most."""
    session = drawers.open_session_of(user)
    if session is None:
        return CashierHome(None, 0, [])
    currency = session.drawer.currency
    last = [Served(moved, Money(moved.amount_minor, currency)) for moved in drawers.last_movements(session)]
    return CashierHome(session, session.movements.count(), last)


@dataclass(frozen=True, slots=True)
class DrawerLine:
    """A drawer, the session it is open in, and what the books say lies in it."""

    drawer: Drawer
    session: DrawerSession | None
    cash: Money


@dataclass(frozen=True, slots=True)
class BranchDay:
    """Cash paid in and out over the counter on one day, in minor units."""

    day: date
    inward: int
    outward: int


@dataclass(frozen=True, slots=True)
class ManagerHome:
    branch: Branch
    vault: Money
    drawers: list[DrawerLine]
    deposits: Money
    account_count: int
    days: list[BranchDay]

    @property
    def cash(self) -> Money:
        """Vault and drawers together."""
        return sum((line.cash for line in self.drawers), self.vault)


def manager_home(user: Any) -> ManagerHome:
    """The cash of a manager's branch, its drawers, what its members have saved, and its counter over two weeks. Seven queries at most."""
    branch: Branch = user.branch
    vault = chart.branch_account(branch.pk, chart.VAULT)
    header = chart.branch_account(branch.pk, chart.DEPOSITS)
    currency = vault.currency
    sums = Account.objects.filter(parent=header).aggregate(
        total=Sum("balance__balance_minor", default=0), number=Count("pk")
    )
    in_vault = Account.objects.values_list("balance__balance_minor", flat=True).get(pk=vault.pk)
    return ManagerHome(
        branch=branch,
        vault=Money(in_vault, currency),
        drawers=_drawers(user),
        deposits=Money(sums["total"], currency),
        account_count=sums["number"],
        days=counter_days(branch, branch.business_date - timedelta(days=DAYS - 1)),
    )


def _drawers(user: Any) -> list[DrawerLine]:
    rows = drawers.drawers_for(user).select_related("ledger_account__balance")
    open_now = drawers.sessions_visible_to(user).exclude(state=DrawerSession.State.CLOSED)
    by_drawer = {session.drawer_id: session for session in open_now}
    return [
        DrawerLine(
            drawer, by_drawer.get(drawer.pk), Money(drawer.ledger_account.balance.balance_minor, drawer.currency)
        )
        for drawer in rows
    ]


def counter_days(branch: Branch, since: date) -> list[BranchDay]:
    """What members paid in and took out at a branch, day by day from `since` to its business date. One query."""
    lines = Posting.objects.filter(
        entry__branch=branch,
        entry__business_date__gte=since,
        entry__kind__in=(EntryKind.DEPOSIT, EntryKind.WITHDRAWAL),
        account__kind=Kind.LIABILITY,
    )
    rows = lines.values("entry__business_date").annotate(
        inward=Sum("amount_minor", filter=Q(side=Side.CREDIT), default=0),
        outward=Sum("amount_minor", filter=Q(side=Side.DEBIT), default=0),
    )
    found = {row["entry__business_date"]: (row["inward"], row["outward"]) for row in rows}
    span = range((branch.business_date - since).days + 1)
    days = [since + timedelta(days=number) for number in span]
    return [BranchDay(day, *found.get(day, (0, 0))) for day in days]
