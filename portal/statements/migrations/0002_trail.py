"""What was issued and packed stands in the trail; a pack's files never change."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("statements", "0001_initial"), ("audit", "0002_trail")]
    operations: ClassVar = [
        watch("statements_statementrun"),
        watch("statements_issuedstatement"),
        watch("statements_statementpack"),
        watch("statements_packaccount"),
        append_only("statements_packfile"),
    ]
