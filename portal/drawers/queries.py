"""Reading drawers: who works with which, what passed through, what the reports say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.drawers.models import CashMovement, Drawer, DrawerCount, DrawerCountLine, DrawerSession
from portal.institution.models import Branch
from portal.institution.queries import denominations
from portal.ledger.models import Balance, EntryKind

LAST = 8
TENTHS = 10


def drawers_of(branch: Branch) -> QuerySet[Drawer]:
    """The drawers a branch works with."""
    return Drawer.objects.filter(branch=branch, is_active=True).select_related("ledger_account", "branch")


def free_drawers(branch: Branch) -> QuerySet[Drawer]:
    """Those of them that nobody has open."""
    taken = DrawerSession.objects.exclude(state=DrawerSession.State.CLOSED).values("drawer")
    return drawers_of(branch).exclude(pk__in=taken)


def sessions() -> QuerySet[DrawerSession]:
    """Sessions with all that a page about them names."""
    return DrawerSession.objects.select_related("drawer__branch", "drawer__ledger_account", "cashier", "variance")


def open_session_of(user: Any) -> DrawerSession | None:
    """The session this person has open, in whatever state short of closed."""
    return sessions().filter(cashier_id=user.pk).exclude(state=DrawerSession.State.CLOSED).first()


def sessions_visible_to(user: Any) -> QuerySet[DrawerSession]:
    """A cashier's own sessions, a manager's branch's, everybody's for those who look after all."""
    scope = scope_of(user, Capability.DRAWER_VIEW)
    if scope is Scope.ALL:
        return sessions()
    if scope is Scope.BRANCH:
        return sessions().filter(drawer__branch_id=user.branch_id)
    return sessions().filter(cashier_id=user.pk) if scope is Scope.OWN else DrawerSession.objects.none()


def held_in(drawer: Drawer) -> Money:
    """What the books say lies in a drawer now. Not for the eyes of whoever is about to count it."""
    return Money(Balance.objects.get(account_id=drawer.ledger_account_id).balance_minor, drawer.currency)


def fullness_tenths(drawer: Drawer) -> int:
    """How full a drawer is against its limit, in tenths: near enough to act on, too coarse to count by."""
    limit = drawer.cash_limit_minor
    return min(TENTHS, round(held_in(drawer).minor * TENTHS / limit)) if limit else TENTHS


def last_movements(session: DrawerSession, most: int = LAST) -> QuerySet[CashMovement]:
    """The newest movements of a session, newest first."""
    return session.movements.select_related("entry").order_by("-id")[:most]


@dataclass(frozen=True, slots=True)
class KindTotal:
    """So many movements of one kind one way, and their sum."""

    label: str
    way: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Report:
    """What an X or a Z report is made of. Expected = opening + received - paid."""

    session: DrawerSession
    opening: Money
    kinds: list[KindTotal]
    received: Money
    paid: Money

    @property
    def expected(self) -> Money:
        return self.opening + self.received - self.paid


def report(session: DrawerSession) -> Report:
    """Everything that passed through a drawer in a session, by kind."""
    currency = session.drawer.currency
    opening = session.counts.filter(kind=DrawerCount.Kind.OPENING).values_list("total_minor", flat=True).first()
    rows = (
        session.movements.values_list("entry__kind", "way")
        .annotate(count=Count("id"), total=Sum("amount_minor"))
        .order_by("way", "entry__kind")
    )
    kinds = [KindTotal(EntryKind(kind).label, way, count, Money(total, currency)) for kind, way, count, total in rows]
    return Report(
        session=session,
        opening=Money(opening or 0, currency),
        kinds=kinds,
        received=_sum(kinds, CashMovement.Way.IN, currency),
        paid=_sum(kinds, CashMovement.Way.OUT, currency),
    )


def _sum(kinds: list[KindTotal], way: str, currency: str) -> Money:
    return sum((kind.amount for kind in kinds if kind.way == way), Money.zero(currency))


def counts_of(session: DrawerSession) -> list[tuple[DrawerCount, list[DrawerCountLine]]]:
    """Every count of a session with its lines, largest note first."""
    counts = session.counts.select_related("counted_by").prefetch_related("lines").order_by("id")
    return [(count, sorted(count.lines.all(), key=lambda line: -line.value_minor)) for count in counts]


def suggested_notes(amount: Money) -> dict[int, int]:
    """The fewest notes and coins that make up an amount, largest first; empty when they cannot.

    Largest first is the fewest for the usual 1-2-5 currencies.
    """
    rest, notes = amount.minor, {}
    for value in denominations(amount.currency).values_list("value_minor", flat=True):
        quantity, rest = divmod(rest, value)
        if quantity:
            notes[value] = quantity
    return {} if rest else notes


def same_lines(count: DrawerCount, counts: Mapping[int, int]) -> bool:
    """Whether a count was made of just these notes."""
    return dict(count.lines.values_list("value_minor", "quantity")) == dict(counts)
