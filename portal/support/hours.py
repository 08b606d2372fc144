"""Working hours: a target of four hours asked for on Friday evening is due on Monday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_DAYS = 400
USUAL = {weekday: (time(8), time(17)) for weekday in range(5)}
"""For a branch nobody wrote hours down for."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a branch is open: by weekday (0 is Monday), apart from the holidays, by its clock."""

    week: Mapping[int, tuple[time, time]]
    closed: frozenset[date] = field(default_factory=frozenset)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the branch is open on a day, or None."""
        found = self.week.get(day.weekday())
        if found is None or day in self.closed:
            return None
        opens, closes = found
        return datetime.combine(day, opens, self.zone), datetime.combine(day, closes, self.zone)

    def is_open(self, at: datetime) -> bool:
        found = self.hours_on(at.astimezone(self.zone).date())
        return found is not None and found[0] <= at < found[1]

    def after(self, at: datetime, hours: int) -> datetime:
        """The moment by which so many hours of work have passed. A calendar that never opens counts all hours."""
        left, day = timedelta(hours=hours), at.astimezone(self.zone).date()
        for _ in range(LONGEST_DAYS):
            found = self.hours_on(day)
            if found is not None:
                begins = max(found[0], at)
                room = found[1] - begins
                if room >= left and room > timedelta(0):
                    return (begins + left).astimezone(at.tzinfo)
                left -= max(room, timedelta(0))
            day += timedelta(days=1)
        return at + timedelta(hours=hours)

    def working_day(self, day: date) -> date:
        """The last day up to this one on which the branch is open: a deadline on a holiday is met before it."""
        for back in range(LONGEST_DAYS):
            if self.hours_on(day - timedelta(days=back)) is not None:
                return day - timedelta(days=back)
        return day
