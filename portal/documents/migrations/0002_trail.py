"""A document is never changed, and its bytes never replaced."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0001_initial"), ("audit", "0002_trail")]
    operations: ClassVar = [
        watch("documents_document"),
        append_only("documents_document"),
        migrations.RunSQL(
            sql="REVOKE UPDATE, TRUNCATE ON documents_documentcontent FROM quayside_app",
            reverse_sql="GRANT UPDATE ON documents_documentcontent TO quayside_app",
        ),
    ]
