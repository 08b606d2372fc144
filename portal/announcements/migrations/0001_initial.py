"""Announcements, and who has read them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("deposits", "0017_free_charges"),
        ("institution", "0002_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(max_length=4000)),
                (
                    "severity",
                    models.CharField(
                        choices=[("info", "Information"), ("warn", "Important"), ("bad", "Disruption")],
                        default="info",
                        max_length=4,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("customer", "Customer"),
                                ("cashier", "Cashier"),
                                ("mobile_banker", "Mobile banker"),
                                ("manager", "Manager"),
                                ("operations_manager", "Operations manager"),
                                ("administrator", "Administrator"),
                                ("auditor", "Auditor"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("shown_from", models.DateTimeField()),
                ("shown_until", models.DateTimeField()),
                ("is_pinned", models.BooleanField(default=False)),
                ("must_read", models.BooleanField(default=False)),
                ("is_public", models.BooleanField(default=False)),
                ("by_mail", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waits for approval"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("branches", models.ManyToManyField(blank=True, related_name="+", to="institution.branch")),
                ("products", models.ManyToManyField(blank=True, related_name="+", to="deposits.product")),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-is_pinned", "-shown_from"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["shown_from", "shown_until"],
                        name="announcements_shown",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("shown_until__gt", models.F("shown_from"))),
                        name="announcements_end_after_they_begin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("state__in", ["draft", "submitted"])),
                            ("state", "withdrawn"),
                            models.Q(
                                ("approved_by__isnull", False), ("published_at__isnull", False), ("state", "published")
                            ),
                            _connector="OR",
                        ),
                        name="announcements_published_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("written_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="announcements_two_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="readings",
                        to="announcements.announcement",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("announcement", "user"), name="announcements_reading_once")
                ]
            },
        ),
    ]
