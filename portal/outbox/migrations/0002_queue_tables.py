"""The tables of the queue itself, made by the owner: the application's role may use them but create none."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from huey.storage import PostgresStorage


def make(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Huey's own statements; `create_tables=False` keeps it from running them as whoever happens to import it."""
    for statement in PostgresStorage(create_tables=False).ddl:
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table in ("huey_task", "huey_schedule", "huey_kv", "huey_counter"):
        schema_editor.execute(f"DROP TABLE IF EXISTS {table}")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("outbox", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(make, drop)]
