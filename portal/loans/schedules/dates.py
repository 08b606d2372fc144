"""When instalments fall due."""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.loans.schedules.terms import Frequency

_DAYS = {Frequency.DAYS: 1, Frequency.WEEKS: 7}


class Shift(StrEnum):
    """Where a due day goes that falls on a day off."""

    NONE = "none"
    FORWARD = "forward"
    MODIFIED = "modified"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off: weekdays (0 is Monday) and holidays. Without any, no day moves."""

    weekend: Collection[int] = ()
    holidays: Collection[date] = ()
    shift: Shift = Shift.NONE

    def working(self, day: date) -> date:
        """The day itself, or the next working day in the direction of the shift; MODIFIED turns back at a month's end."""
        if self.shift is Shift.NONE:
            return day
        moved = self._next(day, -1 if self.shift is Shift.BACK else 1)
        return self._next(day, -1) if self.shift is Shift.MODIFIED and moved.month != day.month else moved

    def _next(self, day: date, step: int) -> date:
        while day.weekday() in self.weekend or day in self.holidays:
            day += timedelta(days=step)
        return day


def due_dates(start: date, count: int, *, every: int, frequency: Frequency) -> list[date]:
    """The contract's due days, before any shift. Months keep the day of `start`, or end with a shorter month."""
    if frequency is Frequency.MONTHS:
        return [_months_after(start, every * number) for number in range(1, count + 1)]
    step = timedelta(days=every * _DAYS[frequency])
    return [start + step * number for number in range(1, count + 1)]


def _months_after(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
