"""How interest is worked out. Pure: days, balances and rates in, an exact figure out; nothing here reads or writes.

The house rules, as other systems' worked examples have them (tests/deposits/savings_interest.json names each source):
interest follows the end-of-day balance by value date; a day earns balance x rate / days of the year; intermediate figures
keep nine decimals; money is rounded half to even, once a posting period. Amounts are minor units; what goes below zero
earns nothing, or costs the overdraft's rate. A rate may rise in steps with the balance; what a period has earned may earn
too, from each day, month or quarter on. `sql/interest_due.sql` does the same over all accounts at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from portal.deposits.models import Compounding, DayCount, TierMethod

PLACES = 9
DAY = timedelta(days=1)
_WIDE = Context(prec=60)


class EndOfDay(NamedTuple):
    """An account's balance when a day ended, in minor units."""

    day: date
    balance_minor: int


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    HALF_YEARLY = "HALF_YEARLY"
    ANNUAL = "ANNUAL"


_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.ANNUAL: 12}
_COMPOUNDS = {Compounding.MONTHLY: Frequency.MONTHLY, Compounding.QUARTERLY: Frequency.QUARTERLY}


@dataclass(frozen=True, slots=True)
class Rate:
    """What a day earns from `since` on: a yearly rate as a factor (`Fraction(45, 1000)` is 4.5 per cent).

    `steps` are amounts with the rate that holds from each on; up to the first, `rate` holds. By `tier_method` each slice of
    a balance earns its own rate, or the whole earns the rate it reaches. A day that ends below `floor_minor` earns nothing.
    A negative balance costs `overdraft_rate`. By `compounding`, what a period has earned earns too before it is posted.
    """

    since: date
    rate: Fraction
    day_count: str = DayCount.ACTUAL_365
    floor_minor: int = 0
    overdraft_rate: Fraction = Fraction(0)
    compounding: str = Compounding.NONE
    steps: tuple[tuple[int, Fraction], ...] = ()
    tier_method: str = TierMethod.SLAB


class Posting(NamedTuple):
    """The interest of one period and the day it is posted: the day after, unless the period's last day is asked for."""

    start: date
    end: date
    posted_on: date
    amount_minor: int


def balances(opening_minor: int, moves: Iterable[tuple[date, int]], start: date, end: date) -> list[EndOfDay]:
    """The balance at the end of each day from `start` to `end`. `moves` are signed, by value date; others are ignored."""
    by_day: dict[date, int] = {}
    for day, signed in moves:
        by_day[day] = by_day.get(day, 0) + signed
    running, found = opening_minor, []
    for day in days(start, end):
        running += by_day.get(day, 0)
        found.append(EndOfDay(day, running))
    return found


def period_interest(ends: Iterable[EndOfDay], rates: Sequence[Rate]) -> Decimal:
    """What these days earn, in minor units with nine decimals, not yet rounded to money.

    `rates` are in the order of their first days; a day before the first earns nothing.
    """
    kept = waiting = Fraction(0)
    for day, balance in ends:
        rate = next((item for item in reversed(rates) if item.since <= day), None)
        if rate is None:
            continue
        waiting += _of_day(balance + kept, day, rate)
        if _compounds_after(day, rate.compounding):
            kept, waiting = kept + _nine_places(waiting), Fraction(0)
    return Decimal(round((kept + _nine_places(waiting)) * 10**PLACES)).scaleb(-PLACES, context=_WIDE)


def credit_interest(ends: Iterable[EndOfDay], rates: Sequence[Rate]) -> Decimal:
    """What is paid for these days: an overdraft earns nothing and takes nothing away."""
    return period_interest(ends, [replace(rate, overdraft_rate=Fraction(0)) for rate in rates])


def overdraft_interest(ends: Iterable[EndOfDay], rates: Sequence[Rate]) -> Decimal:
    """What these days cost for being overdrawn, as a positive figure. It is never compounded before it is charged."""
    alone = [replace(rate, rate=Fraction(0), steps=(), compounding=Compounding.NONE) for rate in rates]
    return period_interest(ends, alone).copy_negate() + 0


def tax_of(amount_minor: int, tax_bps: int) -> int:
    """What is kept back of interest: half to even, to the minor unit. Of interest taken back, so is its tax."""
    return round(Fraction(amount_minor * tax_bps, 10_000))


def to_money(exact: Decimal) -> int:
    """The one rounding of a posting period: half to even, to whole minor units."""
    return int(exact.to_integral_value(rounding=ROUND_HALF_EVEN))


def postings(
    moves: Sequence[tuple[date, int]],
    rates: Sequence[Rate],
    periods: Iterable[tuple[date, date]],
    *,
    at_end: bool = False,
) -> list[Posting]:
    """Interest period by period from an empty account; what is posted belongs to the balance from its day on.

    `at_end` posts on the period's last day instead of the day after. A period that earns nothing posts nothing.
    """
    book, posted = list(moves), []
    for start, end in periods:
        opening = sum(signed for day, signed in book if day < start)
        amount = to_money(period_interest(balances(opening, book, start, end), rates))
        if amount:
            posted.append(Posting(start, end, end if at_end else end + DAY, amount))
            # Even when posted on the period's last day it is earned after that day's end.
            book.append((end + DAY, amount))
    return posted


def periods(start: date, end: date, frequency: Frequency, *, year_begins: int = 1) -> Iterator[tuple[date, date]]:
    """First and last day of each posting period that ends by `end`; the first may begin inside one.

    Months, quarters and years follow the calendar, a year beginning with month `year_begins`; weeks count from `start`.
    """
    first = start
    while True:
        last = _last_day(first, frequency, year_begins)
        if last > end:
            return
        yield first, last
        first = last + DAY


def lowest_balance(opening_minor: int, moves: Sequence[tuple[date, int]], start: date, end: date) -> int:
    """The lowest balance of a period, also within a day; what moves on the first day makes the balance it begins with."""
    running = opening_minor + sum(signed for day, signed in moves if day == start)
    lowest = running
    for _, signed in sorted((move for move in moves if start < move[0] <= end), key=lambda move: move[0]):
        running += signed
        lowest = min(lowest, running)
    return lowest


def interest_on_lowest(lowest_minor: int, rate_per_period: Decimal) -> Decimal:
    """Interest on a period's lowest balance, at a rate for that period."""
    return Decimal(max(lowest_minor, 0)) * rate_per_period


def maturity_amount(principal: Decimal, *, annual_percent: Decimal, months: int, compounding_months: int) -> Decimal:
    """What a fixed deposit has grown to, unrounded: P (1 + r/12 m)^(t/m), for a term of whole compounding periods."""
    if months % compounding_months:
        raise ValueError("the term is not a whole number of compounding periods")
    growth = 1 + annual_percent * compounding_months / 1200
    return principal * _WIDE.power(growth, months // compounding_months)


@dataclass(frozen=True, slots=True)
class Slab:
    """A line of a rate chart: from–to in months and in major units, both ends included; None is open."""

    percent: Decimal
    months: tuple[int, int | None] = (0, None)
    amount: tuple[int, int | None] = (0, None)


def chart_rate(chart: Iterable[Slab], *, amount: Decimal, months: int) -> Decimal | None:
    """The yearly rate in per cent that a chart gives for an amount and a term; None outside of it."""
    found = (slab.percent for slab in chart if _within(Decimal(months), slab.months) and _within(amount, slab.amount))
    return next(found, None)


def days(start: date, end: date) -> Iterator[date]:
    """Each day from `start` to `end`, both included."""
    return (start + DAY * number for number in range((end - start).days + 1))


def first_day(day: date, frequency: Frequency) -> date:
    """The first day of the calendar's month, quarter, half or year that a day lies in."""
    length = _MONTHS[frequency]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def _of_day(base: Fraction, day: date, rate: Rate) -> Fraction:
    """What one day earns; negative for what an overdraft costs."""
    if 0 < base < rate.floor_minor:
        return Fraction(0)
    weight, basis = _share(day, rate.day_count)
    yearly = _yearly(base, rate) if base > 0 else base * rate.overdraft_rate
    return yearly * weight / basis


def _yearly(base: Fraction, rate: Rate) -> Fraction:
    """What a balance above zero would earn in a year, step by step."""
    steps = [(0, rate.rate), *rate.steps]
    if rate.tier_method == TierMethod.WHOLE:
        return base * next(each for since, each in reversed(steps) if since <= base)
    ends = [since for since, _ in steps[1:]] + [base]
    return sum(
        ((min(base, end) - since) * each for (since, each), end in zip(steps, ends, strict=True) if base > since),
        Fraction(0),
    )


def _compounds_after(day: date, compounding: str) -> bool:
    """Whether what was earned up to this day's end earns from the next day on."""
    if compounding in {Compounding.NONE, Compounding.DAILY}:
        return compounding == Compounding.DAILY
    return (day + DAY).day == 1 and day.month % _MONTHS[_COMPOUNDS[Compounding(compounding)]] == 0


def _nine_places(value: Fraction) -> Fraction:
    return Fraction(round(value * 10**PLACES), 10**PLACES)


def _share(day: date, day_count: str) -> tuple[int, int]:
    """How many days a day counts, out of how many a year has.

    30/360 counts as the difference of 30-day months: the 31st counts nothing, the last of February makes up to 30.
    """
    if day_count == DayCount.THIRTY_360:
        return _thirty(day + DAY) - _thirty(day), 360
    if day_count == DayCount.ACTUAL_ACTUAL:
        return 1, (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
    return 1, 360 if day_count == DayCount.ACTUAL_360 else 365


def _thirty(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _last_day(first: date, frequency: Frequency, year_begins: int) -> date:
    if frequency is Frequency.DAILY:
        return first
    if frequency is Frequency.WEEKLY:
        return first + DAY * 6
    length = _MONTHS[frequency]
    gone = (first.month - year_begins) % length
    month = first.year * 12 + first.month - 1 + length - gone
    return date(month // 12, month % 12 + 1, 1) - DAY


def _within(value: Decimal, limits: tuple[int, int | None]) -> bool:
    low, high = limits
    return low <= value and (high is None or value <= high)
