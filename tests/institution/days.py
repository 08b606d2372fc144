"""Days off for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.institution import services
from portal.institution.models import Branch, Holiday
from tests.cast import NOW

CHRISTMAS = date(2026, 12, 25)


def closed_day(branch: Branch | None, by: Any, day: date = CHRISTMAS) -> Holiday:
    """A day off of a branch, or of all."""
    return services.add_holiday(day=day, name="Christmas Day", branch=branch, by=by, at=NOW)
