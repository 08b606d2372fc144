"""Jobs."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import portal.base.keys

STATES = [("waiting", "Waiting"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")]
OVER = Q(state__in=["done", "failed"])


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_key, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=160)),
                ("payload", models.JSONField()),
                ("state", models.CharField(choices=STATES, db_default="waiting", max_length=8)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0)),
                ("max_attempts", models.PositiveSmallIntegerField(db_default=5)),
                ("run_after", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("lease_token", models.UUIDField(null=True)),
                ("progress_done", models.PositiveIntegerField(db_default=0)),
                ("progress_total", models.PositiveIntegerField(db_default=0)),
                ("progress_text", models.CharField(db_default="", max_length=120)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(db_default="")),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-created_at",),
                "constraints": (
                    models.UniqueConstraint(fields=["kind", "key"], name="outbox_job_once"),
                    models.CheckConstraint(
                        condition=Q(state__in=["waiting", "running", "done", "failed"]), name="outbox_job_state_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(state="running", lease_token__isnull=False, lease_until__isnull=False)
                        | (~Q(state="running") & Q(lease_token=None, lease_until=None)),
                        name="outbox_job_running_has_lease",
                    ),
                    models.CheckConstraint(
                        condition=Q(OVER, finished_at__isnull=False) | (~OVER & Q(finished_at=None)),
                        name="outbox_job_finished_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=Q(attempts__lte=F("max_attempts")), name="outbox_job_attempts_bounded"
                    ),
                ),
                "indexes": (
                    models.Index("run_after", "id", name="outbox_job_waiting", condition=Q(state="waiting")),
                    models.Index("lease_until", name="outbox_job_running", condition=Q(state="running")),
                    models.Index(fields=["created_by", "-created_at"], name="outbox_job_asker"),
                ),
            },
        ),
    ]
