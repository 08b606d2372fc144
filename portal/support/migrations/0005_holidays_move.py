"""The desk's closed days move to the institution's calendar; their own table goes."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

MOVE = """
INSERT INTO institution_holiday (day, name, added_at)
SELECT day, name, now() FROM support_closedday
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("support", "0004_taken_back"), ("institution", "0003_holidays")]
    operations: ClassVar = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel("ClosedDay"),
    ]
