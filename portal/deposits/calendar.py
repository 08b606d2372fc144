"""Months counted on from a day, without losing the day: the 31st becomes a shorter month's last day, and the 31st again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    return day_of_month(date(index // 12, index % 12 + 1, 1), day.day)


def day_of_month(month: date, day: int) -> date:
    """A day of a month, or the month's last day when it has no such day."""
    return month.replace(day=min(day, month_days(month)))


def month_days(month: date) -> int:
    """How many days a month has."""
    return monthrange(month.year, month.month)[1]


def months_between(first: date, last: date) -> int:
    """How many months lie between the months of two days; 0 within one."""
    return (last.year - first.year) * 12 + last.month - first.month
