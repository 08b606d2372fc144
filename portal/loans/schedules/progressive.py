"""Schedules whose interest follows the balance from stretch to stretch; what is paid out later joins the rows that are left.

    rate factor    f = r · (days of a month · every / days of a year) · days / days of the period
    instalment     A = (what is owed at the end of the first row) · Π(1 + fₖ) / gₙ,  g₁ = 1, gₖ = 1 + gₖ₋₁ (1 + fₖ)

Actual days over the end of a year are split on 31 December. Where the last row differs much from the others, the
instalment is tried once with its share of the difference, and keeps it if that makes the difference smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from portal.loans.schedules.dates import Calendar, due_dates
from portal.loans.schedules.terms import (
    EXACT,
    DaysInMonth,
    DaysInYear,
    Disbursement,
    Frequency,
    Instalment,
    Method,
    ScheduleTerms,
    TermsError,
)


@dataclass(slots=True)
class _Period:
    """A repayment period while its row is worked out: stretches of days, each with the principal that joined at its start."""

    start: date
    due: date
    joined: list[Disbursement] = field(default_factory=list)
    instalment: int = 0
    principal: int = 0
    interest: int = 0
    balance: int = 0


def progressive_schedule(
    terms: ScheduleTerms, paid_out: Sequence[Disbursement], calendar: Calendar
) -> list[Instalment]:
    """All rows. A disbursement joins the period it falls into; the instalments from there on are worked out anew."""
    if terms.method is not Method.DECLINING or terms.grace_principal or terms.grace_interest:
        raise TermsError("Interest on the daily balance goes with equal instalments and without grace.")
    if terms.down_payment_percent:
        raise TermsError("Interest on the daily balance goes without a down payment.")
    start = paid_out[0].on
    days = due_dates(start, terms.instalments, every=terms.every, frequency=terms.frequency)
    periods = [_Period(first, last) for first, last in pairwise([start, *map(calendar.working, days)])]
    for one in paid_out:
        _join(terms, periods, one)
    return [
        Instalment(
            number=number,
            starts=period.start,
            due=period.due,
            principal_minor=period.principal,
            interest_minor=period.interest,
            balance_minor=period.balance,
        )
        for number, period in enumerate(periods, start=1)
    ]


def rate_factor(terms: ScheduleTerms, since: date, until: date, period: tuple[date, date]) -> Decimal:
    """What one unit of balance earns from `since` to `until`, which lie in `period`. Zero days earn nothing."""
    rate = EXACT.divide(terms.annual_percent, Decimal(100))
    if terms.days_in_year is DaysInYear.ACTUAL:
        return _actual_factor(rate, since, until)
    year = Decimal(int(terms.days_in_year))
    whole = Decimal((period[1] - period[0]).days)
    length = _days_of_a_period(terms, period)
    share = EXACT.divide(EXACT.multiply(length, Decimal((until - since).days)), whole)
    return EXACT.divide(EXACT.multiply(rate, share), year)


def _join(terms: ScheduleTerms, periods: list[_Period], one: Disbursement) -> None:
    at = next((index for index, period in enumerate(periods) if one.on < period.due), None)
    if at is None:
        raise TermsError("A disbursement must come before the last instalment falls due.")
    periods[at].joined.append(one)
    rest = periods[at:]
    opening = periods[at - 1].balance if at else 0
    growth = _grown(terms, rest[0], opening)
    factors = [rate_factor(terms, period.start, period.due, (period.start, period.due)) for period in rest]
    instalment = terms.rounded(equal_instalment(growth, factors[1:]), terms.multiple_minor)
    _settle(terms, rest, opening, instalment)
    _smooth(terms, rest, opening, instalment)


def _grown(terms: ScheduleTerms, period: _Period, opening: int) -> Decimal:
    """What is owed at the end of a period before anything is paid."""
    grown = opening + opening * rate_factor(terms, period.start, period.due, (period.start, period.due))
    for one in period.joined:
        grown += one.amount_minor + one.amount_minor * rate_factor(
            terms, one.on, period.due, (period.start, period.due)
        )
    return EXACT.plus(grown)


def equal_instalment(growth: Decimal, factors: Sequence[Decimal]) -> Decimal:
    """The equal instalment: growth to the last day over the sum of what each instalment would have grown to."""
    divisor = Decimal(1)
    for factor in factors:
        grows = EXACT.add(Decimal(1), factor)
        growth = EXACT.multiply(growth, grows)
        divisor = EXACT.add(Decimal(1), EXACT.multiply(divisor, grows))
    return EXACT.divide(growth, divisor)


def _settle(terms: ScheduleTerms, rest: list[_Period], opening: int, instalment: int) -> None:
    """Work the rows out for one instalment; the last takes the rest."""
    balance = opening
    for period in rest:
        period.interest = _interest(terms, period, balance)
        balance += sum(one.amount_minor for one in period.joined)
        principal = min(max(instalment - period.interest, 0), balance)
        period.principal = balance if period is rest[-1] else principal
        period.instalment = period.principal + period.interest
        balance -= period.principal
        period.balance = balance


def _interest(terms: ScheduleTerms, period: _Period, opening: int) -> int:
    """Each stretch between two disbursements is rounded by itself."""
    total, balance, since = 0, opening, period.start
    for one in [*period.joined, None]:
        until = one.on if one else period.due
        if until > since:
            total += terms.rounded(balance * rate_factor(terms, since, until, (period.start, period.due)))
        if one:
            balance, since = balance + one.amount_minor, until
    return total


def _smooth(terms: ScheduleTerms, rest: list[_Period], opening: int, instalment: int) -> None:
    """One try at a last row nearer to the others; undone when it comes no nearer."""
    if len(rest) < 2:
        return
    difference = rest[-1].instalment - rest[-2].instalment
    if abs(difference) <= len(rest) // 2:
        return
    step = terms.rounded(EXACT.divide(Decimal(difference), Decimal(len(rest))), terms.multiple_minor)
    _settle(terms, rest, opening, instalment + step)
    if abs(rest[-1].instalment - rest[-2].instalment) >= abs(difference):
        _settle(terms, rest, opening, instalment)


def _days_of_a_period(terms: ScheduleTerms, period: tuple[date, date]) -> Decimal:
    """How many days of the year a whole period counts as."""
    if terms.frequency is Frequency.MONTHS:
        if terms.days_in_month is DaysInMonth.D30:
            return Decimal(30 * terms.every)
        return Decimal((period[1] - period[0]).days)
    return Decimal(terms.every * (7 if terms.frequency is Frequency.WEEKS else 1))


def _actual_factor(rate: Decimal, since: date, until: date) -> Decimal:
    """Actual days over the days of the year each lies in, split on 31 December."""
    factor = Decimal(0)
    while since < until:
        turn = date(since.year, 12, 31)
        if since == turn:
            turn = date(since.year + 1, 12, 31)
        end = min(until, turn)
        length = Decimal((date(turn.year + 1, 1, 1) - date(turn.year, 1, 1)).days)
        factor += EXACT.divide(EXACT.multiply(rate, Decimal((end - since).days)), length)
        since = end
    return EXACT.plus(factor)
