"""The same thing asked for twice waits once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_guards")]
    operations = [
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("act", "payload_hash"),
                name="approvals_request_waits_once",
            ),
        ),
    ]
