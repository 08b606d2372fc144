"""A document may be the institution's own, and says which key signed it."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0003_signing_key")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="document",
            name="owner",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="document",
            name="signed_with",
            field=models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to="documents.signingkey"),
        ),
    ]
