"""The auditor's list of what is unusual in a period: reversals, back-dated, after hours, same person, variances, gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from portal.access.roles import Role
from portal.base.money import Money, format_amount
from portal.deposits.models import DepositAccount
from portal.drawers.models import DrawerSession, Variance
from portal.institution.queries import institution
from portal.ledger.models import Entry, EntryKind, Seal
from portal.reports.oversight import Period

MOST_ROWS = 20
OPENS_HOUR, CLOSES_HOUR, SUNDAY = 6, 20, 7
_DATED_BACK_BY_RULE = (EntryKind.INTEREST_CREDIT, EntryKind.ACCRUAL, EntryKind.OPENING, EntryKind.CHARGE)


@dataclass(frozen=True, slots=True)
class Row:
    """One case: when, what, by whom; the reference leads to the entry."""

    at: datetime | date | None
    what: str
    who: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of exception: how many there are, the newest of them, and what is said when there is none."""

    code: str
    title: str
    count: int
    rows: list[Row]
    none: str

    @property
    def left_out(self) -> int:
        """How many more there are than are shown."""
        return max(self.count - len(self.rows), 0)


def findings(period: Period) -> list[Finding]:
    """Every kind, whether there is any or not. Two queries a kind at most."""
    return [each(period) for each in _KINDS]


def _entries(period: Period) -> QuerySet[Entry]:
    found = Entry.objects.filter(business_date__gte=period.since, business_date__lte=period.until)
    found = found.filter(branch=period.branch) if period.branch else found
    return found.select_related("actor", "branch", "reverses__actor").order_by("-occurred_at", "-pk")


def _finding(code: str, title: str, none: str, found: QuerySet[Entry], told: Callable[[Entry], str]) -> Finding:
    count = found.order_by().count()
    rows = [
        Row(entry.occurred_at, told(entry), entry.actor.full_name if entry.actor else "", entry.reference)
        for entry in (found[:MOST_ROWS] if count else ())
    ]
    return Finding(code, title, count, rows, none)


def _kind_and_memo(entry: Entry) -> str:
    return f"{entry.get_kind_display()}: {entry.memo}" if entry.memo else entry.get_kind_display()


def _reversals(period: Period) -> Finding:
    found = _entries(period).exclude(reverses=None)
    return _finding("reversals", "Reversals", "0 reversals.", found, lambda entry: entry.memo)


def _back_dated(period: Period) -> Finding:
    found = _entries(period).filter(value_date__lt=F("business_date")).exclude(kind__in=_DATED_BACK_BY_RULE)

    def told(entry: Entry) -> str:
        return (
            f"{_kind_and_memo(entry)}, counts from {entry.value_date:%d %b %Y}, booked {entry.business_date:%d %b %Y}"
        )

    none = "0 entries count from an earlier day (interest, which always does, left out)."
    return _finding("back-dated", "Back-dated", none, found, told)


def _after_hours(period: Period) -> Finding:
    profile = institution()
    zone = ZoneInfo(profile.time_zone if profile else "UTC")
    hours = {"hour": ExtractHour("occurred_at", tzinfo=zone), "weekday": ExtractIsoWeekDay("occurred_at", tzinfo=zone)}
    staff = _entries(period).exclude(actor=None).exclude(actor__role=Role.CUSTOMER)
    late = Q(hour__lt=OPENS_HOUR) | Q(hour__gte=CLOSES_HOUR) | Q(weekday=SUNDAY)
    none = f"0 entries by staff before {OPENS_HOUR:02}:00, from {CLOSES_HOUR}:00 on, or on a Sunday."
    return _finding("after-hours", "After hours", none, staff.annotate(**hours).filter(late), _kind_and_memo)


def _same_person(period: Period) -> Finding:
    own = DepositAccount.objects.filter(
        ledger_account__postings__entry=OuterRef("pk"), customer__email__iexact=OuterRef("actor__email")
    ).exclude(customer__email="")
    staff = _entries(period).exclude(actor=None).exclude(actor__role=Role.CUSTOMER)
    found = staff.filter(Q(reverses__actor=F("actor")) | Exists(own))

    def told(entry: Entry) -> str:
        if entry.reverses is not None and entry.reverses.actor_id == entry.actor_id:
            return f"Reversed an entry of one's own: {entry.memo}"
        return f"On an account of one's own. {_kind_and_memo(entry)}"

    none = "0 reversals by whoever posted, 0 entries of staff on their own accounts."
    return _finding("same-person", "Same person", none, found, told)


def _variances(period: Period) -> Finding:
    found = Variance.objects.filter(
        entry__business_date__gte=period.since, entry__business_date__lte=period.until
    ).select_related("session__drawer__branch", "session__cashier", "entry")
    if period.branch:
        found = found.filter(session__drawer__branch=period.branch)
    count = found.count()
    rows = [_variance(variance) for variance in found.order_by("-entry__occurred_at")[:MOST_ROWS]]
    return Finding("variances", "Variances", count, rows, "0 drawers closed over or short.")


def _variance(variance: Variance) -> Row:
    drawer = variance.session.drawer
    word = "over" if variance.difference_minor > 0 else "short"
    amount = format_amount(Money(abs(variance.difference_minor), drawer.currency))
    what = f"{drawer.name}, {drawer.branch.name}: {drawer.currency} {amount} {word}"
    return Row(variance.entry.occurred_at, what, variance.session.cashier.full_name, variance.entry.reference)


@dataclass(frozen=True, slots=True)
class _Run:
    """Numbers that should follow each other: whose, the first, the last, and how many there are."""

    name: str
    first: int
    last: int
    count: int

    @property
    def missing(self) -> int:
        return self.last - self.first + 1 - self.count


def _gaps(period: Period) -> Finding:
    """All numbers there are, not of the period alone: a gap is where one is missing, whenever that was."""
    runs = [*_seal_runs(period), *_z_runs(period)]
    rows = [
        Row(None, f"{run.name}: {run.missing} missing in {run.first:,}..{run.last:,}") for run in runs if run.missing
    ]
    said = "; ".join(f"0 gaps in {run.name} {run.first:,}..{run.last:,}" for run in runs)
    return Finding(
        "gaps", "Gaps in numbers", sum(run.missing for run in runs), rows, f"{said or 'Nothing is numbered yet'}."
    )


def _seal_runs(period: Period) -> list[_Run]:
    found = Seal.objects.filter(branch=period.branch) if period.branch else Seal.objects.all()
    rows = found.order_by().values("branch__name").annotate(last=Max("chain_seq"), count=Count("chain_seq"))
    return [
        _Run(f"sealed entries of {row['branch__name']}", 1, row["last"], row["count"])
        for row in _sorted(rows, "branch__name")
    ]


def _z_runs(period: Period) -> list[_Run]:
    found = DrawerSession.objects.exclude(z_number=None)
    found = found.filter(drawer__branch=period.branch) if period.branch else found
    rows = found.order_by().values("drawer__branch__name", "drawer__name")
    rows = rows.annotate(first=Min("z_number"), last=Max("z_number"), count=Count("pk"))
    return [
        _Run(
            f"Z reports of {row['drawer__name']}, {row['drawer__branch__name']}",
            row["first"],
            row["last"],
            row["count"],
        )
        for row in _sorted(rows, "drawer__branch__name")
    ]


def _sorted(rows: Any, name: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: str(row[name]))


_KINDS = (_reversals, _back_dated, _after_hours, _same_person, _variances, _gaps)
