"""The certificates that documents were signed with."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0002_trail")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("certificate", models.TextField()),
                ("subject", models.CharField(max_length=200)),
                ("first_used_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-first_used_at",),
                "constraints": (
                    models.CheckConstraint(
                        condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"),
                        name="documents_signingkey_fingerprint_is_hex",
                    ),
                ),
            },
        ),
        watch("documents_signingkey"),
        append_only("documents_signingkey"),
    ]
