"""Spans of days that reports are about, and the days they are compared with."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from portal.statements.periods import fiscal_year_of, month_of


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both within."""

    since: date
    until: date

    def earlier(self, months: int) -> Span:
        """The same span so many months before: from the first of a month or to the end of one, it stays so."""
        return Span(earlier(self.since - timedelta(days=1), months) + timedelta(days=1), earlier(self.until, months))

    def before(self) -> date:
        return self.since - timedelta(days=1)

    def month_before(self) -> Span:
        """The whole month before the one in which it begins."""
        return _month_of(self.since.replace(day=1) - timedelta(days=1))

    def month_after(self, latest: date) -> Span | None:
        """The month that goes on after it, up to the latest day of the books; None when nothing has come since."""
        month = _month_of(self.until + timedelta(days=1))
        last = min(month.until, latest)
        return Span(month.since, last) if last > self.until else None


def _month_of(day: date) -> Span:
    month = month_of(day)
    return Span(month.start, month.end)


def earlier(day: date, months: int) -> date:
    """The same day so many months before; from the end of a month the end of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_end = (day + timedelta(days=1)).day == 1
    return date(year, month + 1, last if is_end else min(day.day, last))


def year_so_far(day: date) -> Span:
    """From the first day of the institution's year to a day in it."""
    return Span(fiscal_year_of(day).start, day)
