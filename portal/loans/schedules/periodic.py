"""Schedules whose interest follows the repayment period, or its days: declining, equal principal, flat.

periodic rate  i = r · every / (12 | 52 | 365)         interest by days:  i = r · days / days of the year
instalment     A = P · i / (1 − (1 + i)^−n)            n without the principal's grace
row            interest = round(balance · i), principal = A − interest; the last row takes the rest
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from portal.loans.schedules.dates import Calendar, due_dates
from portal.loans.schedules.terms import (
    EXACT,
    DaysInYear,
    Disbursement,
    Frequency,
    Instalment,
    Interest,
    Method,
    ScheduleTerms,
    TermsError,
)

_PERIODS_A_YEAR = {Frequency.DAYS: 365, Frequency.WEEKS: 52, Frequency.MONTHS: 12}
_DAYS_A_PERIOD = {Frequency.DAYS: 1, Frequency.WEEKS: 7, Frequency.MONTHS: 30}
_MOST_ROWS = 1_200


def periodic_schedule(terms: ScheduleTerms, paid_out: Disbursement, calendar: Calendar) -> list[Instalment]:
    """All rows for one disbursement; a down payment is row 0, due at once."""
    down = terms.rounded(_per_cent(paid_out.amount_minor, terms.down_payment_percent), terms.multiple_minor)
    rows = _down_payment(paid_out, down)
    count = terms.instalments
    if terms.instalment_minor is not None:
        count = _rows_needed(terms, paid_out.amount_minor - down)
    due = due_dates(paid_out.on, count, every=terms.every, frequency=terms.frequency)
    starts = [paid_out.on, *due]
    periods = list(pairwise(starts))
    principals, interests = _rows(terms, periods, paid_out.amount_minor, paid_out.amount_minor - down)
    interests[0] += _first_days(terms, paid_out, periods[0], calendar)
    balance = paid_out.amount_minor - down
    moved = paid_out.on
    for number, (_, day) in enumerate(periods, start=1):
        balance -= principals[number - 1]
        row = Instalment(
            number=number,
            starts=moved,
            due=calendar.working(day),
            principal_minor=principals[number - 1],
            interest_minor=interests[number - 1],
            balance_minor=balance,
        )
        moved = row.due
        rows.append(row)
    return rows


def payment(principal: Decimal, rate: Decimal, count: int) -> Decimal:
    """The equal instalment that repays `principal` in `count` periods at `rate` a period (a factor)."""
    if not rate:
        return EXACT.divide(principal, Decimal(count))
    growth = EXACT.power(EXACT.add(Decimal(1), rate), count)
    return EXACT.divide(EXACT.multiply(EXACT.multiply(principal, rate), growth), EXACT.subtract(growth, Decimal(1)))


def _rows(terms: ScheduleTerms, periods: list[tuple[date, date]], whole: int, left: int) -> tuple[list[int], list[int]]:
    """Principal and interest of each row; `whole` is what was paid out, `left` what is left after a down payment."""
    flat = terms.method is Method.FLAT
    total = terms.rounded(whole * period_factor(terms) * len(periods)) if flat else 0
    fixed = _share(terms, left, total)
    balance, flat_left, gathered = left, total, 0
    principals, interests = [], []
    for index, period in enumerate(periods):
        last = index == len(periods) - 1
        if flat:
            interest = flat_left if last else min(terms.rounded(EXACT.divide(Decimal(total), len(periods))), flat_left)
            flat_left -= interest
        else:
            interest = terms.rounded(balance * _rate(terms, period))
        part = balance if last else _principal(terms, index, balance, interest, fixed)
        principals.append(part)
        balance -= part
        gathered += interest
        due = gathered if last or index >= terms.grace_interest else 0
        interests.append(due)
        gathered -= due
    return principals, interests


def _share(terms: ScheduleTerms, left: int, flat_interest: int) -> int:
    """What repeats from row to row: the instalment where instalments are equal, else the principal's share."""
    count = terms.instalments - terms.grace_principal
    equal = EXACT.divide(Decimal(left), Decimal(count))
    if terms.method is Method.EQUAL_PRINCIPAL:
        return terms.rounded(equal)
    if terms.method is Method.FLAT:
        interest = terms.rounded(EXACT.divide(Decimal(flat_interest), Decimal(terms.instalments)))
        # The principal's share is rounded first, and what it makes with the interest again.
        return terms.rounded(Decimal(terms.rounded(equal, terms.multiple_minor) + interest), terms.multiple_minor)
    if terms.instalment_minor is not None:
        return terms.instalment_minor
    return terms.rounded(payment(Decimal(left), _instalment_rate(terms), count), terms.multiple_minor)


def _principal(terms: ScheduleTerms, index: int, balance: int, interest: int, fixed: int) -> int:
    """The principal of a row that is not the last: never negative, never more than is left."""
    if index < terms.grace_principal:
        return 0
    if terms.recast:
        fixed = _share_of_rest(terms, index, balance, interest)
    if terms.method is Method.EQUAL_PRINCIPAL:
        return min(fixed, balance)
    return min(max(fixed - interest, 0), balance)


def _share_of_rest(terms: ScheduleTerms, index: int, balance: int, interest: int) -> int:
    """`_share` worked out anew from what is left."""
    rest = terms.instalments - index
    if terms.method is Method.DECLINING:
        return terms.rounded(payment(Decimal(balance), _instalment_rate(terms), rest), terms.multiple_minor)
    equal = terms.rounded(EXACT.divide(Decimal(balance), Decimal(rest)), terms.multiple_minor)
    return equal + (interest if terms.method is Method.FLAT else 0)


def _rows_needed(terms: ScheduleTerms, balance: int) -> int:
    """How many rows a fixed instalment needs. Refused: one that does not cover the interest."""
    rate, rows = period_factor(terms), 0
    while balance > 0:
        part = (terms.instalment_minor or 0) - terms.rounded(balance * rate)
        rows += 1
        if part <= 0 or rows > _MOST_ROWS:
            raise TermsError("This instalment never repays the loan: it does not cover its interest.")
        balance -= part
    return rows


def _down_payment(paid_out: Disbursement, down: int) -> list[Instalment]:
    if not down:
        return []
    left = paid_out.amount_minor - down
    return [
        Instalment(
            number=0,
            starts=paid_out.on,
            due=paid_out.on,
            principal_minor=down,
            interest_minor=0,
            balance_minor=left,
        )
    ]


def _first_days(terms: ScheduleTerms, paid_out: Disbursement, period: tuple[date, date], calendar: Calendar) -> int:
    """What the first row's interest changes by when its due day has moved: the rate for each day of the period."""
    if not terms.first_by_days or terms.grace_interest:
        return 0
    plain = (period[1] - period[0]).days
    moved = (calendar.working(period[1]) - period[0]).days
    exact = EXACT.divide(paid_out.amount_minor * period_factor(terms) * moved, Decimal(plain))
    return terms.rounded(exact) - terms.rounded(paid_out.amount_minor * period_factor(terms))


def period_factor(terms: ScheduleTerms) -> Decimal:
    """The rate of one period as a factor."""
    if terms.period_percent is not None:
        return EXACT.divide(terms.period_percent, Decimal(100))
    yearly = EXACT.multiply(terms.annual_percent, Decimal(terms.every))
    return EXACT.divide(yearly, Decimal(100 * _PERIODS_A_YEAR[terms.frequency]))


def _instalment_rate(terms: ScheduleTerms) -> Decimal:
    """The rate that the equal instalment is worked out with; by days, each month has thirty."""
    if terms.interest is Interest.PERIOD:
        return period_factor(terms)
    return days_factor(terms, _DAYS_A_PERIOD[terms.frequency] * terms.every)


def _rate(terms: ScheduleTerms, period: tuple[date, date]) -> Decimal:
    """The rate of one row."""
    if terms.interest is Interest.PERIOD:
        return period_factor(terms)
    return days_factor(terms, (period[1] - period[0]).days)


def days_factor(terms: ScheduleTerms, days: int) -> Decimal:
    year = 365 if terms.days_in_year is DaysInYear.ACTUAL else int(terms.days_in_year)
    return EXACT.divide(EXACT.multiply(terms.annual_percent, Decimal(days)), Decimal(100 * year))


def _per_cent(amount: int, percent: Decimal) -> Decimal:
    return EXACT.divide(amount * percent, Decimal(100))
