"""The portfolio as a whole: ageing, what is at risk over time, what became of applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.loans.models import BUCKETS, Loan, PortfolioDay, StateChange
from portal.loans.queries import loans_visible_to

AT_RISK_FROM = 31
LONG_LATE_FROM = 91
MOST_DAYS = 400
FUNNEL = (
    Loan.State.DRAFT,
    Loan.State.SUBMITTED,
    Loan.State.REVIEW,
    Loan.State.APPROVED,
    Loan.State.ACTIVE,
    Loan.State.PAID_OFF,
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """The loans that are late by a range of days."""

    label: str
    loans: int
    outstanding: Money
    late: Money
    provision: Money
    share_bps: int


@dataclass(frozen=True, slots=True)
class Risk:
    """A day's portfolio: outstanding, how much of it is over thirty days late, and how much of that over ninety."""

    on: date
    outstanding_minor: int
    at_risk_minor: int
    long_late_minor: int

    @property
    def at_risk_bps(self) -> int:
        return self._share(self.at_risk_minor)

    @property
    def long_late_bps(self) -> int:
        return self._share(self.long_late_minor)

    def _share(self, minor: int) -> int:
        return minor * 10_000 // self.outstanding_minor if self.outstanding_minor else 0


def days_visible_to(user: Any) -> QuerySet[PortfolioDay]:
    """The portfolio days of the branches within this user's reach."""
    scope = scope_of(user, Capability.LOAN_PORTFOLIO_VIEW)
    if scope is Scope.ALL:
        return PortfolioDay.objects.all()
    if scope is Scope.BRANCH and user.branch_id is not None:
        return PortfolioDay.objects.filter(branch=user.branch_id)
    return PortfolioDay.objects.none()


def latest_day(days: QuerySet[PortfolioDay]) -> date | None:
    """The newest day that is kept."""
    return days.order_by("-on").values_list("on", flat=True).first()


def ageing(days: QuerySet[PortfolioDay], on: date, currency: str) -> list[Bucket]:
    """One day's portfolio by days past due; every bucket, empty ones too. A branch whose open day is earlier counts as it
    stood then.
    """
    of_day = days.filter(Q(on=on) | Q(on__lt=on, on=F("branch__business_date")))
    sums = of_day.filter(product__currency=currency).values("bucket_from").order_by("bucket_from")
    found = {
        row["bucket_from"]: row
        for row in sums.annotate(
            count=Sum("loans"), left=Sum("outstanding_minor"), late=Sum("late_minor"), aside=Sum("provision_minor")
        )
    }
    whole = sum(row["left"] for row in found.values())
    empty = {"count": 0, "left": 0, "late": 0, "aside": 0}
    rows = [(start, found.get(start, empty)) for start in BUCKETS]
    return [
        Bucket(
            label=_label(start),
            loans=row["count"],
            outstanding=Money(row["left"], currency),
            late=Money(row["late"], currency),
            provision=Money(row["aside"], currency),
            share_bps=row["left"] * 10_000 // whole if whole else 0,
        )
        for start, row in rows
    ]


def risk_over_time(days: QuerySet[PortfolioDay], currency: str) -> list[Risk]:
    """The days that are kept, oldest first, with what was at risk on each. A branch whose open day is earlier counts on
    the days after it as it stood then.
    """
    kept = days.filter(product__currency=currency).values_list("on", "bucket_from", "branch__business_date")
    rows = list(kept.annotate(left=Sum("outstanding_minor")).order_by("on"))
    sums = {on: [0, 0, 0] for on, *_ in rows}
    for on, bucket, open_day, left in rows:
        for day in (each for each in sums if each >= on) if on == open_day else (on,):
            for place, start in enumerate((0, AT_RISK_FROM, LONG_LATE_FROM)):
                sums[day][place] += left if bucket >= start else 0
    return [Risk(on, *sums[on]) for on in sorted(sums)][-MOST_DAYS:]


def funnel(user: Any) -> list[tuple[str, int]]:
    """How many applications ever reached each state, of those this user may see."""
    loans = loans_visible_to(user, Capability.LOAN_PORTFOLIO_VIEW)
    reached = StateChange.objects.filter(loan__in=loans.values("pk"), after__in=FUNNEL).values("after").order_by()
    counts = {row["after"]: row["count"] for row in reached.annotate(count=Count("loan", distinct=True))}
    return [(Loan.State(state).label, counts.get(state, 0)) for state in FUNNEL]


def _label(start: int) -> str:
    if not start:
        return "Not late"
    later = [other for other in BUCKETS if other > start]
    return f"{start} to {later[0] - 1} days" if later else f"Over {start - 1} days"
