"""The cash of a branch at this moment: its vault and each drawer, for who looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from portal.base.money import Money
from portal.drawers.models import Drawer, DrawerSession, RecountOrder
from portal.drawers.queries import TENTHS, fullness_tenths, vault_holds
from portal.drawers.vaults import vault_branches
from portal.institution.models import Branch


@dataclass(frozen=True, slots=True)
class DrawerNow:
    """One drawer: what the books say lies in it, who has it open, and since when nothing passed through it."""

    drawer: Drawer
    session: DrawerSession | None
    holds: Money
    limit: Money
    tenths: int
    last_at: datetime | None
    spot: RecountOrder | None

    @property
    def is_full(self) -> bool:
        return self.tenths >= TENTHS - 1

    @property
    def spot_difference(self) -> Money | None:
        """What the last count in between found above the books; below zero when cash was missing."""
        if self.spot is None or self.spot.count is None or self.spot.expected_minor is None:
            return None
        return Money(self.spot.count.total_minor - self.spot.expected_minor, self.limit.currency)


@dataclass(frozen=True, slots=True)
class Position:
    """A branch's cash: vault, drawers, and both together."""

    branch: Branch
    vault: Money
    drawers: list[DrawerNow]

    @property
    def total(self) -> Money:
        return sum((each.holds for each in self.drawers), self.vault)


def positions_for(user: Any) -> list[Position]:
    """The cash of every branch whose vault somebody may see, by its name."""
    return [position_of(branch) for branch in vault_branches(user)]


def position_of(branch: Branch) -> Position:
    """The cash of one branch now."""
    related = ("ledger_account__balance", "branch")
    drawers = Drawer.objects.filter(branch=branch, is_active=True).select_related(*related)
    open_ones = DrawerSession.objects.filter(drawer__branch=branch).exclude(state=DrawerSession.State.CLOSED)
    moved = open_ones.select_related("cashier").annotate(last_at=Max("movements__entry__occurred_at"))
    sessions = {session.drawer_id: session for session in moved}
    orders = RecountOrder.objects.filter(session__in=sessions.values()).select_related("count", "session")
    spots = {order.session.drawer_id: order for order in orders.order_by("ordered_at")}
    return Position(branch, vault_holds(branch), [_now(each, sessions.get(each.pk), spots) for each in drawers])


def _now(drawer: Drawer, session: DrawerSession | None, spots: dict[int, RecountOrder]) -> DrawerNow:
    currency = drawer.currency
    return DrawerNow(
        drawer=drawer,
        session=session,
        holds=Money(drawer.ledger_account.balance.balance_minor, currency),
        limit=Money(drawer.cash_limit_minor, currency),
        tenths=fullness_tenths(drawer),
        last_at=getattr(session, "last_at", None),
        spot=spots.get(drawer.pk),
    )
