"""What is decided leaves a trail; what was said, noted and changed is never edited."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("support", "0001_initial"), ("audit", "0002_trail")]
    operations: ClassVar = [
        watch("support_category"),
        watch("support_openhours"),
        watch("support_closedday"),
        watch("support_macro"),
        watch("support_ticket"),
        watch("support_step"),
        watch("support_complaint"),
        watch("support_redress"),
        append_only("support_message"),
        append_only("support_note"),
        append_only("support_change"),
        append_only("support_redress"),
        append_only("support_chatline"),
    ]
