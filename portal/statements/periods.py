"""The days a statement may cover, and what a period is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.dateformat import format as date_format

from portal.base.errors import Refused

A_DAY = timedelta(days=1)
EARLIEST_YEAR = 1900
FAR_AHEAD = timedelta(days=366)
QUARTER_MONTHS, YEAR_MONTHS = 3, 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def months(self) -> int:
        """1 for a calendar month, 3 for a quarter of the institution's year, 12 for a calendar or fiscal year, else 0."""
        if self == month_of(self.start):
            return 1
        if self == quarter_of(self.start):
            return QUARTER_MONTHS
        return YEAR_MONTHS if self in (year_of(self.start), fiscal_year_of(self.start)) else 0

    @property
    def label(self) -> str:
        """`November 2026`, `October to December 2026`, `2026`, `Year to June 2027`, one day by itself, else both days."""
        months = self.months
        if months == 1:
            return date_format(self.start, "F Y")
        if months == QUARTER_MONTHS:
            return f"{date_format(self.start, 'F')} to {date_format(self.end, 'F Y')}"
        if months == YEAR_MONTHS:
            return f"Year to {date_format(self.end, 'F Y')}" if self.start.month > 1 else date_format(self.start, "Y")
        first, last = (date_format(day, "j M Y") for day in (self.start, self.end))
        return first if first == last else f"{first} to {last}"

    def before(self) -> Period:
        """The period of the same kind that ends the day before this one begins."""
        last, months = self.start - A_DAY, self.months
        return Period(_back(self.start, months), last) if months else Period(last - (self.end - self.start), last)

    def after(self) -> Period:
        """The period of the same kind that begins the day after this one ends."""
        first, months = self.end + A_DAY, self.months
        return (
            Period(first, _back(first, -months) - A_DAY) if months else Period(first, first + (self.end - self.start))
        )


def _back(first: date, months: int) -> date:
    """The first day of a month so many months before another's."""
    count = first.year * YEAR_MONTHS + first.month - 1 - months
    return date(count // YEAR_MONTHS, count % YEAR_MONTHS + 1, 1)


def _spanning(day: date, months: int, begins: int) -> Period:
    """The stretch of so many months around a day, where one begins in the month `begins`."""
    first = _back(day.replace(day=1), (day.month - begins) % months)
    return Period(first, _back(first, -months) - A_DAY)


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    return _spanning(day, 1, 1)


def quarter_of(day: date) -> Period:
    """The quarter of the institution's year that a day lies in."""
    return _spanning(day, QUARTER_MONTHS, settings.FISCAL_YEAR_MONTH)


def year_of(day: date) -> Period:
    """The calendar year of a day."""
    return _spanning(day, YEAR_MONTHS, 1)


def fiscal_year_of(day: date) -> Period:
    """The institution's year that a day lies in."""
    return _spanning(day, YEAR_MONTHS, settings.FISCAL_YEAR_MONTH)


def since_opening(latest: Period, opened_on: date) -> list[Period]:
    """Periods of one kind, from the latest back to the one in which an account was opened."""
    periods = [latest]
    while periods[-1].start > opened_on:
        periods.append(periods[-1].before())
    return periods


def checked(start: date, end: date, *, today: date) -> Period:
    """The period, if a statement can cover it. Refuses one that ends before it starts, one that has not begun, and days
    so far off that they are slips of the hand."""
    if end < start:
        raise Refused("The last day is before the first. Change one of them.", code="order", field="end")
    if start > today:
        raise Refused("This period has not begun yet. Choose an earlier first day.", code="future", field="start")
    if start.year < EARLIEST_YEAR or end > today + FAR_AHEAD:
        raise Refused("Choose days between 1900 and a year from today.", code="far", field="end")
    return Period(start, end)
