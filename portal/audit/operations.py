"""Migration operations that put a table under the trail."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL


def watch(table: str, *, redact: Sequence[str] = ()) -> RunSQL:
    """Record every change of this table's rows; the values of `redact` columns are replaced by a mark."""
    columns = ", ".join(f"'{column}'" for column in redact)
    return RunSQL(
        sql=f"SELECT audit.watch('{table}', ARRAY[{columns}]::text[])",
        reverse_sql=f"DROP TRIGGER IF EXISTS audit_watch ON {table}",
    )


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on this table, whoever asks, and take these rights from the application."""
    return RunSQL(
        sql=f"SELECT audit.append_only('{table}')",
        reverse_sql=f"DROP TRIGGER IF EXISTS audit_append_only ON {table}",
    )
