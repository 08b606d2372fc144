"""The rows of a running loan: what each period earns beside what falls due, and the rows that are left after an early payment.

a row after a recast   interest = Σ round(balance · f) over its stretches, the first from the day of the payment
fewer instalments      the agreed instalment is kept, the rows end when nothing is left
smaller instalments    A = owed at the end of the first row · Π(1 + fₖ) / gₙ, as for interest on the balance
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from portal.loans.schedules.dates import Calendar
from portal.loans.schedules.periodic import days_factor, period_factor, periodic_schedule
from portal.loans.schedules.progressive import equal_instalment, progressive_schedule, rate_factor
from portal.loans.schedules.terms import EXACT, Disbursement, Instalment, Interest, Method, ScheduleTerms

Stretch = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instalment of a running loan. Its period begins with `starts`; it earns interest from `earns_from`, which an early
    payment has moved. `earned_minor` is that interest, `interest_minor` what falls due with the row.
    """

    number: int
    starts: date
    earns_from: date
    due: date
    principal_minor: int
    interest_minor: int
    earned_minor: int
    balance_minor: int

    @property
    def total_minor(self) -> int:
        return self.principal_minor + self.interest_minor


def first_rows(terms: ScheduleTerms, paid_out: Disbursement, calendar: Calendar) -> list[Row]:
    """The rows of a loan as it is paid out."""
    due = _schedule(terms, paid_out, calendar)
    earned = _schedule(replace(terms, grace_interest=0), paid_out, calendar) if terms.grace_interest else due
    return [
        Row(
            number=row.number,
            starts=row.starts,
            earns_from=row.starts,
            due=row.due,
            principal_minor=row.principal_minor,
            interest_minor=row.interest_minor,
            earned_minor=own.interest_minor,
            balance_minor=row.balance_minor,
        )
        for row, own in zip(due, earned, strict=True)
    ]


def accrued(rows: Sequence[Row], day: date) -> int:
    """What the rows have earned up to a day: whole periods, and of the running one its share by days, half up."""
    total = 0
    for row in rows:
        if row.due <= day:
            total += row.earned_minor
        elif row.earns_from < day:
            days, whole = (day - row.earns_from).days, (row.due - row.earns_from).days
            total += (2 * row.earned_minor * days + whole) // (2 * whole)
    return total


def recast(
    terms: ScheduleTerms, rest: Sequence[Row], *, balance: int, on: date, fewer: bool, skipped: int = 0
) -> list[Row]:
    """The rows that repay `balance` from `on`, in place of `rest` (those due later).

    `fewer` keeps the instalment and lets the last rows go; otherwise every row stays and gets smaller. The first
    `skipped` rows count as paid: what is left of their periods is added to the row after them. The last takes the rest.
    """
    left = rest[skipped:]
    stretches = [_stretches(rest, skipped, on, index) for index in range(len(left))]
    fixed = _kept(terms, rest) if fewer else _anew(terms, left, stretches, balance)
    scheduled = sum(row.principal_minor for row in rest)
    rows: list[Row] = []
    gathered, opening = 0, balance
    for index, old in enumerate(left):
        if not opening:
            break
        earned = _earned(terms, rest, stretches[index], opening, (balance, scheduled))
        is_last = index == len(left) - 1
        principal = opening if is_last else _part(terms, old, opening, earned, fixed)
        gathered += earned
        due = gathered if old.interest_minor or is_last or principal == opening else 0
        gathered -= due
        opening -= principal
        rows.append(
            Row(
                number=index + 1,
                starts=old.starts,
                earns_from=on if index == 0 else old.starts,
                due=old.due,
                principal_minor=principal,
                interest_minor=due,
                earned_minor=earned,
                balance_minor=opening,
            )
        )
    return rows


def _schedule(terms: ScheduleTerms, paid_out: Disbursement, calendar: Calendar) -> list[Instalment]:
    if terms.interest is Interest.BALANCE:
        return progressive_schedule(terms, [paid_out], calendar)
    return periodic_schedule(terms, paid_out, calendar)


def _stretches(rest: Sequence[Row], skipped: int, on: date, index: int) -> list[tuple[Stretch, Row]]:
    """The days a row earns interest for, each stretch with the row whose period it lies in."""
    own = rest[: skipped + 1] if index == 0 else rest[skipped + index : skipped + index + 1]
    return [((max(row.earns_from, on), row.due), row) for row in own]


def _earned(
    terms: ScheduleTerms,
    rest: Sequence[Row],
    stretches: list[tuple[Stretch, Row]],
    opening: int,
    share: tuple[int, int],
) -> int:
    """A row's interest. Flat interest falls with the principal that was paid early: `share` of what was agreed."""
    if terms.method is not Method.FLAT:
        return sum(terms.rounded(opening * _factor(terms, days, row)) for days, row in stretches)
    total = 0
    for days, row in stretches:
        whole = EXACT.divide(Decimal(row.earned_minor * share[0]), Decimal(share[1]))
        part = EXACT.divide(Decimal((days[1] - days[0]).days), Decimal(max((row.due - row.earns_from).days, 1)))
        total += terms.rounded(EXACT.multiply(whole, part))
    return total


def _factor(terms: ScheduleTerms, days: Stretch, row: Row) -> Decimal:
    """What one unit earns in some days of a row's period."""
    if terms.interest is Interest.BALANCE:
        return rate_factor(terms, *days, (row.starts, row.due))
    if terms.interest is Interest.DAYS:
        return days_factor(terms, (days[1] - days[0]).days)
    return EXACT.multiply(period_factor(terms), _part_of(days, row))


def _part_of(days: Stretch, row: Row) -> Decimal:
    """Which part of a row's period some days are."""
    return EXACT.divide(Decimal((days[1] - days[0]).days), Decimal(max((row.due - row.starts).days, 1)))


def _kept(terms: ScheduleTerms, rest: Sequence[Row]) -> int:
    """What was agreed to repeat: the instalment where instalments are equal, else the principal's share."""
    agreed = next((row for row in rest if row.principal_minor), rest[-1])
    return agreed.total_minor if terms.method is Method.DECLINING else agreed.principal_minor


def _anew(terms: ScheduleTerms, left: Sequence[Row], stretches: list[list[tuple[Stretch, Row]]], balance: int) -> int:
    """What repeats when all rows stay."""
    paying = [index for index, row in enumerate(left) if row.principal_minor] or [len(left) - 1]
    if terms.method is not Method.DECLINING:
        return terms.rounded(EXACT.divide(Decimal(balance), Decimal(len(paying))), terms.multiple_minor)
    factors = [sum((_factor(terms, days, row) for days, row in stretches[index]), Decimal(0)) for index in paying]
    grown = EXACT.multiply(Decimal(balance), EXACT.add(Decimal(1), factors[0]))
    return terms.rounded(equal_instalment(grown, factors[1:]), terms.multiple_minor)


def _part(terms: ScheduleTerms, old: Row, opening: int, earned: int, fixed: int) -> int:
    """The principal of a row that is not the last: none during its grace, never more than is left."""
    if not old.principal_minor:
        return 0
    return min(max(fixed - earned, 0) if terms.method is Method.DECLINING else fixed, opening)
