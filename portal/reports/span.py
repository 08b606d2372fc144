"""Spans of days that reports are about, and the days they are compared with."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from portal.statements.periods import fiscal_year_of


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


def earlier(day: date, months: int) -> date:
    """The same day so many months before; from the end of a month the end of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    is_end = (day + timedelta(days=1)).day == 1
    return date(year, month + 1, last if is_end else min(day.day, last))


def year_so_far(day: date) -> Span:
    """From the first day of the institution's year to a day in it."""
    return Span(fiscal_year_of(day).start, day)
