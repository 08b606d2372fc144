import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.documents.uploaded
from portal.audit.operations import watch


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0004_issued_and_signed"),
        ("audit", "0002_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.documents.uploaded.new_upload_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject", models.CharField(max_length=40)),
                ("purpose", models.CharField(max_length=40)),
                ("media_type", models.CharField(max_length=20)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("width", models.PositiveSmallIntegerField(null=True)),
                ("height", models.PositiveSmallIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being checked for viruses"),
                            ("ready", "Ready"),
                            ("refused", "Refused by the virus scanner"),
                            ("removed", "Removed"),
                        ],
                        default="ready",
                        max_length=8,
                    ),
                ),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-added_at",),
                "indexes": [
                    models.Index(fields=["subject", "-added_at"], name="documents_upload_subject"),
                    models.Index(fields=["added_by", "-added_at"], name="documents_upload_adder"),
                    models.Index(
                        models.F("added_at"), condition=models.Q(("state", "waiting")), name="documents_upload_waiting"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="documents_upload_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="documents_upload_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("height", None), ("media_type", "application/pdf"), ("width", None)),
                            models.Q(("height__gt", 0), ("media_type", "image/jpeg"), ("width__gt", 0)),
                            _connector="OR",
                        ),
                        name="documents_upload_picture_or_pdf",
                    ),
                ],
            },
        ),
        watch("documents_upload"),
    ]
