"""Monthly statements as they were issued, and packs of many."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import portal.base.keys

PROTECT = django.db.models.deletion.PROTECT
ID = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _own_id() -> tuple[str, models.UUIDField[object, object]]:
    default = portal.base.keys.new_id
    return ("id", models.UUIDField(default=default, editable=False, primary_key=True, serialize=False))


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("deposits", "0001_initial"),
        ("documents", "0004_issued_and_signed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="StatementRun",
            fields=[
                ID,
                ("period_start", models.DateField(unique=True)),
                ("period_end", models.DateField()),
                ("accounts", models.PositiveIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ("-period_start",),
                "constraints": (
                    models.CheckConstraint(
                        condition=Q(period_end__gte=F("period_start")), name="statements_run_period"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="IssuedStatement",
            fields=[
                _own_id(),
                ("trouble", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
                ("account", models.ForeignKey(on_delete=PROTECT, related_name="+", to="deposits.depositaccount")),
                (
                    "document",
                    models.OneToOneField(null=True, on_delete=PROTECT, related_name="+", to="documents.document"),
                ),
                (
                    "run",
                    models.ForeignKey(on_delete=PROTECT, related_name="statements", to="statements.statementrun"),
                ),
            ],
            options={
                "ordering": ("-run__period_start", "account__number"),
                "constraints": (
                    models.UniqueConstraint(fields=("run", "account"), name="statements_issued_once"),
                    models.CheckConstraint(
                        condition=Q(document=None) | Q(trouble=""), name="statements_issued_or_in_trouble"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="StatementPack",
            fields=[
                _own_id(),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                ("chosen", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("asked_by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ("-asked_at",),
                "constraints": (
                    models.CheckConstraint(
                        condition=Q(period_end__gte=F("period_start")), name="statements_pack_period"
                    ),
                    models.CheckConstraint(
                        condition=Q(finished_at=None, expires_at=None)
                        | Q(finished_at__isnull=False, expires_at__isnull=False),
                        name="statements_pack_expires_once_finished",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="PackAccount",
            fields=[
                ID,
                ("movements", models.PositiveIntegerField(null=True)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=PROTECT, related_name="+", to="deposits.depositaccount")),
                (
                    "pack",
                    models.ForeignKey(on_delete=PROTECT, related_name="accounts", to="statements.statementpack"),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": (
                    models.UniqueConstraint(fields=("pack", "account"), name="statements_pack_account_once"),
                ),
            },
        ),
        migrations.CreateModel(
            name="PackFile",
            fields=[
                ID,
                ("name", models.CharField(max_length=140)),
                ("document", models.OneToOneField(on_delete=PROTECT, related_name="+", to="documents.document")),
                (
                    "member",
                    models.ForeignKey(on_delete=PROTECT, related_name="files", to="statements.packaccount"),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": (models.UniqueConstraint(fields=("member", "name"), name="statements_pack_file_once"),),
            },
        ),
    ]
