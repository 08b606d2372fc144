"""Targets count the hours in which a branch is open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from portal.support.hours import USUAL, Calendar

FRIDAY_16 = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
WEEK = Calendar(USUAL)


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        (1, datetime(2026, 11, 20, 17, 0, tzinfo=UTC)),
        (2, datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (11, datetime(2026, 11, 24, 9, 0, tzinfo=UTC)),
    ],
)
def test_friday_evening_goes_on_on_monday(hours: int, due: datetime) -> None:
    assert WEEK.after(FRIDAY_16, hours) == due


def test_a_holiday_is_passed_over() -> None:
    calendar = Calendar(USUAL, frozenset({date(2026, 11, 23)}))
    assert calendar.after(FRIDAY_16, 2) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert calendar.working_day(date(2026, 11, 23)) == date(2026, 11, 20)


def test_hours_are_the_institutions_clock() -> None:
    lagos = Calendar({4: (time(8), time(17))}, zone=ZoneInfo("Africa/Lagos"))
    assert lagos.is_open(datetime(2026, 11, 20, 7, 30, tzinfo=UTC))
    assert not lagos.is_open(FRIDAY_16)


def test_a_calendar_that_never_opens_does_not_hang() -> None:
    assert Calendar({}).after(FRIDAY_16, 2) == datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
