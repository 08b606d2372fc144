"""The two calendars that were before the one: their days are carried over, each once."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.db import connection

from portal.institution import queries
from portal.institution.models import Holiday
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

OF_THE_BANK = """
CREATE TEMP TABLE deposits_bankholiday (
    id bigint, day date, name text, added_at timestamptz, added_by_id bigint, withdrawn_at timestamptz,
    withdrawn_by_id bigint
) ON COMMIT DROP
"""
OF_THE_DESK = "CREATE TEMP TABLE support_closedday (id bigint, day date, name text) ON COMMIT DROP"
NEW_YEAR, MAY_DAY, HARVEST = date(2027, 1, 1), date(2027, 5, 1), date(2027, 8, 4)


def test_days_of_both_are_carried_over_with_who_and_when_and_none_twice(cast: Cast) -> None:
    by = cast.operations_manager.pk
    with connection.cursor() as cursor:
        cursor.execute(OF_THE_BANK)
        cursor.execute(OF_THE_DESK)
        rows = [
            (1, NEW_YEAR, "New Year", NOW, by, None, None),
            (2, MAY_DAY, "May Day", NOW, by, NOW, by),
            (3, MAY_DAY, "Workers' Day", NOW, None, None, None),
        ]
        cursor.executemany("INSERT INTO deposits_bankholiday VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
        desk = [(1, NEW_YEAR, "New Year"), (2, HARVEST, "Harvest")]
        cursor.executemany("INSERT INTO support_closedday VALUES (%s, %s, %s)", desk)
        cursor.execute(import_module("portal.deposits.migrations.0025_holidays_move").MOVE)
        cursor.execute(import_module("portal.support.migrations.0005_holidays_move").MOVE)
    assert queries.days_off(cast.north) == {NEW_YEAR, MAY_DAY, HARVEST}
    kept = Holiday.objects.get(day=NEW_YEAR)
    assert (kept.added_by, kept.added_at) == (cast.operations_manager, NOW)
    withdrawn = Holiday.objects.get(name="May Day")
    assert (withdrawn.withdrawn_by, withdrawn.withdrawn_at) == (cast.operations_manager, NOW)
