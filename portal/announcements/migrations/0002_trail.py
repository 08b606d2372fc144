"""What was announced leaves a trail; a reading is never taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("announcements", "0001_initial"), ("audit", "0002_trail")]
    operations: ClassVar = [
        watch("announcements_announcement"),
        append_only("announcements_reading"),
    ]
