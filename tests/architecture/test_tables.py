"""What holds for every table: exact numbers, moments with a zone, an owner who is not the application."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# The queue's own tables carry no money: its library keeps the moment of a task as a floating number.
TABLES = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relname !~ '^huey_'"
FUNCTIONS = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"


def _rows(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [str(row[0]) for row in cursor.fetchall()]


def _columns_of_type(*types: str) -> list[str]:
    names = ", ".join(f"'{name}'" for name in types)
    return _rows(
        "SELECT format('%s.%s', c.relname, a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "  # noqa: S608
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {TABLES} AND c.relkind IN ('r', 'p', 'm', 'v') "
        f"AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, NULL) IN ({names})"
    )


def test_no_column_holds_a_floating_number() -> None:
    assert _columns_of_type("real", "double precision", "money") == []


def test_every_moment_has_a_zone() -> None:
    assert _columns_of_type("timestamp without time zone") == []


def test_every_table_belongs_to_the_owner() -> None:
    strangers = _rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "  # noqa: S608
        f"WHERE {TABLES} AND c.relkind IN ('r', 'p') AND pg_get_userbyid(c.relowner) <> 'quayside_owner'"
    )
    assert strangers == []


def test_the_tests_run_with_the_rights_of_the_application() -> None:
    assert _rows("SELECT current_user") == ["quayside_app"]
    assert _rows("SELECT rolsuper OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
        "False"
    ]


def test_nobody_may_execute_a_definers_function_but_by_name() -> None:
    """A SECURITY DEFINER function runs with its owner's rights: one open to all is a door for the readers."""
    open_to_all = _rows(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "  # noqa: S608
        f"WHERE {FUNCTIONS} AND p.prosecdef AND has_function_privilege('quayside_auditor', p.oid, 'EXECUTE')"
    )
    assert open_to_all == []
