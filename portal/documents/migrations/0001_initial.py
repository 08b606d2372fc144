"""Documents and their bytes."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import portal.base.keys

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("filename", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=12, unique=True)),
                ("subject", models.CharField(blank=True, default="", max_length=64)),
                (
                    "owner",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-created_at",),
                "constraints": (
                    models.CheckConstraint(
                        condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_document_sha256_is_hex"
                    ),
                    models.CheckConstraint(condition=Q(size_bytes__gt=0), name="documents_document_not_empty"),
                    models.CheckConstraint(
                        condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
                        name="documents_document_expires_later",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["owner", "-created_at"], name="documents_document_owner"),
                    models.Index(
                        "expires_at", name="documents_document_expires", condition=Q(expires_at__isnull=False)
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="DocumentContent",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=PROTECT,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="documents.document",
                    ),
                ),
                ("body", models.BinaryField()),
            ],
        ),
    ]
