from django.conf import settings
from django.db import migrations, models

import portal.drawers.models


class Migration(migrations.Migration):
    """A count sent twice counts once; a payment says whether the cashier looked at who was paid."""

    dependencies = [("drawers", "0002_trail"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.AddField(
            model_name="drawercount",
            name="key",
            field=models.UUIDField(db_default=portal.drawers.models.UuidV7(), editable=False),
        ),
        migrations.AddConstraint(
            model_name="drawercount",
            constraint=models.UniqueConstraint(fields=("counted_by", "key"), name="drawers_count_key_once"),
        ),
        migrations.AddField(
            model_name="cashmovement",
            name="identity_seen",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
