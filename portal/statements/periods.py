"""The days a statement may cover, and what a period is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateformat import format as date_format

from portal.base.errors import Refused

A_DAY = timedelta(days=1)
EARLIEST_YEAR = 1900
FAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included."""

    start: date
    end: date

    @property
    def is_month(self) -> bool:
        return self == month_of(self.start)

    @property
    def is_year(self) -> bool:
        return self == year_of(self.start)

    @property
    def label(self) -> str:
        """`November 2026` or `2026` for a whole month or year, one day by itself, else both days."""
        if self.is_month:
            return date_format(self.start, "F Y")
        if self.is_year:
            return date_format(self.start, "Y")
        first, last = (date_format(day, "j M Y") for day in (self.start, self.end))
        return first if first == last else f"{first} to {last}"

    def before(self) -> Period:
        """The period of the same kind that ends the day before this one begins."""
        last = self.start - A_DAY
        if self.is_month:
            return month_of(last)
        return year_of(last) if self.is_year else Period(last - (self.end - self.start), last)

    def after(self) -> Period:
        """The period of the same kind that begins the day after this one ends."""
        first = self.end + A_DAY
        if self.is_month:
            return month_of(first)
        return year_of(first) if self.is_year else Period(first, first + (self.end - self.start))


def month_of(day: date) -> Period:
    """The calendar month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + 31 * A_DAY).replace(day=1) - A_DAY)


def year_of(day: date) -> Period:
    """The calendar year of a day."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def months_since(opened_on: date, today: date) -> list[Period]:
    """The calendar months from the one in which an account was opened to the present one, newest first."""
    months = [month_of(today)]
    while months[-1].start > opened_on:
        months.append(months[-1].before())
    return months


def years_since(opened_on: date, today: date) -> list[Period]:
    """The calendar years of an account, newest first."""
    return [year_of(date(year, 1, 1)) for year in range(today.year, opened_on.year - 1, -1)]


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
