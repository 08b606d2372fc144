"""Statements that a connection reads and plans once."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """Has the server keep each statement's plan, under a name of this connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> _Prepared:
        return super().execute(query, params, **({"prepare": True} | options))

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq  # What Django shows of a statement in its logs; psycopg notes it only of the others.
        super()._send_query_prepared(name, pgq, **options)


def prepared_cursor() -> CursorWrapper:
    """A cursor for one short statement that is sent again and again.

    The server reads the values apart from the statement, so the statement tells their types (`%s::bigint`). Numbers are
    given as text: by their size they would make different statements. `DATABASE_PREPARES` switches the keeping off.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = _Prepared(connection.connection)
    # As Django's own `connection.cursor()` goes on: query counts, logs and the audit's wrapper see every statement.
    wrapped: CursorWrapper = connection._prepare_cursor(cursor)  # type: ignore[attr-defined]  # noqa: SLF001
    return wrapped
