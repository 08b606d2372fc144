"""Prepared statements: kept once a connection, seen by whoever watches statements, and refused as any other."""

from __future__ import annotations

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from portal.base.prepared import prepared_cursor

pytestmark = pytest.mark.django_db

_SUM = "SELECT %s::bigint + %s::bigint"


def _kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::bigint + $2%%'")
        return int(cursor.fetchone()[0])


def _added(first: str, second: str) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(_SUM, (first, second))
        return int(cursor.fetchone()[0])


def test_a_statement_is_kept_once_whatever_its_values() -> None:
    assert [_added("1", "2"), _added("70000", "-5"), _added("9999999999", "1")] == [3, 69_995, 10_000_000_000]
    assert _kept() == 1


def test_behind_a_pooler_that_knows_none_nothing_is_kept() -> None:
    connection.ensure_connection()
    connection.connection.prepare_threshold, before = None, connection.connection.prepare_threshold
    try:
        had = _kept()
        assert _added("20", "22") == 42
        assert _kept() == had
    finally:
        connection.connection.prepare_threshold = before


def test_whoever_watches_statements_sees_them() -> None:
    with CaptureQueriesContext(connection) as seen:
        _added("1", "2")
    assert [one["sql"] for one in seen.captured_queries if "bigint" in one["sql"]]


def test_errors_are_those_of_django() -> None:
    with pytest.raises(DataError):
        _added("no number", "2")
