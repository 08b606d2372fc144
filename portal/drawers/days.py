"""A branch's day in cash: what each drawer session of a business day came to, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum

from portal.base.money import Money
from portal.drawers.models import CashMovement, DrawerCount, DrawerSession, VaultTransfer
from portal.drawers.queries import currency_of, sessions
from portal.institution.models import Branch

_WAYS = {
    VaultTransfer.Way.TO_DRAWER.value: CashMovement.Way.IN.value,
    VaultTransfer.Way.TO_VAULT.value: CashMovement.Way.OUT.value,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Opening + received - paid = expected; counted where the drawer is closed, `difference` what lay above the books."""

    opening: Money
    received: Money
    paid: Money
    difference: Money

    @property
    def expected(self) -> Money:
        return self.opening + self.received - self.paid

    @property
    def counted(self) -> Money:
        return self.expected + self.difference

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            opening=self.opening + other.opening,
            received=self.received + other.received,
            paid=self.paid + other.paid,
            difference=self.difference + other.difference,
        )


@dataclass(frozen=True, slots=True)
class SessionDay:
    """One drawer session of the day."""

    session: DrawerSession
    sums: Sums

    @property
    def is_closed(self) -> bool:
        return self.session.state == DrawerSession.State.CLOSED


@dataclass(frozen=True, slots=True)
class BranchDay:
    """The sessions of a branch on a business day, in the order of their opening, and their sum."""

    branch: Branch
    day: date
    sessions: list[SessionDay]
    total: Sums

    @property
    def is_over(self) -> bool:
        """Whether every drawer has been counted."""
        return all(each.is_closed for each in self.sessions)


def day_of(branch: Branch, day: date) -> BranchDay:
    """A branch's day in cash. Four queries, however many drawers."""
    found = sessions().filter(drawer__branch=branch, business_date=day).order_by("opened_at", "pk")
    currency = currency_of(branch)
    openings = DrawerCount.objects.filter(session__in=found, kind=DrawerCount.Kind.OPENING)
    opened = dict(openings.values_list("session", "total_minor"))
    moved = _moved(found)
    lines = [SessionDay(each, _sums(each, opened.get(each.pk, 0), moved, currency)) for each in found]
    zero = Money.zero(currency)
    nothing = Sums(opening=zero, received=zero, paid=zero, difference=zero)
    return BranchDay(branch, day, lines, sum((each.sums for each in lines), nothing))


def _sums(session: DrawerSession, opening: int, moved: Mapping[tuple[int, str], int], currency: str) -> Sums:
    variance = getattr(session, "variance", None)
    return Sums(
        opening=Money(opening, currency),
        received=Money(moved.get((session.pk, CashMovement.Way.IN.value), 0), currency),
        paid=Money(moved.get((session.pk, CashMovement.Way.OUT.value), 0), currency),
        difference=Money(variance.difference_minor if variance else 0, currency),
    )


def _moved(found: QuerySet[DrawerSession]) -> dict[tuple[int, str], int]:
    """What went into and out of each drawer, with members and with the vault.

    The float that came with the opening is counted there; what is handed in at the close is no movement of the day.
    """
    rows = (
        CashMovement.objects.filter(session__in=found).values_list("session", "way").annotate(sum=Sum("amount_minor"))
    )
    moved = {(session, way): total for session, way, total in rows}
    passed = VaultTransfer.objects.filter(session__in=found, state=VaultTransfer.State.CONFIRMED)
    closing = DrawerCount.objects.filter(session__in=found).values("key")
    passed = passed.filter(decided_at__gt=F("session__opened_at")).exclude(key__in=closing)
    for session, way, total in passed.values_list("session", "way").annotate(sum=Sum("amount_minor")).order_by():
        moved[session, _WAYS[way]] = moved.get((session, _WAYS[way]), 0) + total
    return moved
