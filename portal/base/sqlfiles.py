"""Migrations whose SQL lies in a file beside them."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL


def run_sql_file(migration: str, name: str) -> RunSQL:
    """Run `sql/<name>` that lies beside the migration file given by its `__file__`."""
    text = (Path(migration).parent / "sql" / name).read_text(encoding="utf-8")
    return RunSQL(sql=text, reverse_sql=RunSQL.noop)
