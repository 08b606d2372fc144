"""Days as a branch in Ghana keeps them: closed on Sundays and public holidays, half a day on Saturdays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

DAY = timedelta(days=1)
SUNDAY = 6
_HOLIDAYS = {
    (1, 1): "New Year's Day",
    (1, 7): "Constitution Day",
    (3, 6): "Independence Day",
    (5, 1): "Workers' Day",
    (7, 1): "Republic Day",
    (8, 4): "Founders' Day",
    (9, 21): "Kwame Nkrumah Memorial Day",
    (12, 25): "Christmas Day",
    (12, 26): "Boxing Day",
}
_WEIGHTS = (5, 5, 5, 5, 6, 2, 0)


def is_open(day: date) -> bool:
    """Whether the branches serve on this day."""
    return day.weekday() != SUNDAY and (day.month, day.day) not in _HOLIDAYS


def holidays(first: int, last: int) -> list[tuple[date, str]]:
    """The public holidays of the years from `first` to `last`, in order."""
    return [
        (date(year, month, day), name)
        for year in range(first, last + 1)
        for (month, day), name in sorted(_HOLIDAYS.items())
    ]


def open_on_or_after(day: date) -> date:
    """The first day from this one on which the branches serve."""
    while not is_open(day):
        day += DAY
    return day


def months(first: date, last: date) -> Iterator[date]:
    """The first day of every month that has a day from `first` to `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    return next_month(day) - DAY


def days_of(month: date) -> list[date]:
    """Every day of the month that starts here."""
    return [month + DAY * n for n in range(month_end(month).day)]


def some_open_day(rng: Random, month: date) -> date:
    """A day of the month on which somebody might go to the branch: Fridays a little more, Saturdays less."""
    days = days_of(month)
    return open_on_or_after(rng.choices(days, weights=[_WEIGHTS[day.weekday()] for day in days])[0])


def nth_weekday(month: date, weekday: int, n: int) -> date:
    """The n-th Monday (0) to Sunday (6) of a month."""
    return month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (n - 1))
