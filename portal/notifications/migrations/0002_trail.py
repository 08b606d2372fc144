"""What is chosen and written leaves a trail; words that were used are never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notifications", "0001_initial"), ("audit", "0002_trail")]
    operations: ClassVar = [
        watch("notifications_wording"),
        append_only("notifications_wording"),
        watch("notifications_preference"),
        watch("notifications_quiet"),
    ]
