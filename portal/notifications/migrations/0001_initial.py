"""Notices, their deliveries, the words in use and what people want to be told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("outbox", "0002_queue_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Watched",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("seen_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("told", models.CharField(max_length=120)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("url", models.CharField(blank=True, default="", max_length=300)),
                ("is_shown", models.BooleanField()),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_shown", True)),
                        fields=["user", "-created_at"],
                        name="notifications_of_user",
                    ),
                    models.Index(
                        condition=models.Q(("is_shown", True), ("read_at", None)),
                        fields=["user"],
                        name="notifications_unread",
                    ),
                    models.Index(fields=["-created_at"], name="notifications_newest"),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="notifications_notice_once")],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("app", "In the portal"), ("email", "E-mail"), ("sms", "Text message")], max_length=5
                    ),
                ),
                ("address", models.CharField(blank=True, default="", max_length=254)),
                ("version", models.PositiveIntegerField(default=0)),
                ("trouble", models.CharField(blank=True, default="", max_length=200)),
                (
                    "job",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outbox.job"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="notifications.notice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "channel"), name="notifications_delivery_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("job__isnull", False), ("trouble", "")),
                            models.Q(("job", None), models.Q(("trouble", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="notifications_delivery_job_or_trouble",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "channel",
                    models.CharField(
                        choices=[("app", "In the portal"), ("email", "E-mail"), ("sms", "Text message")], max_length=5
                    ),
                ),
                ("is_wanted", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "kind", "channel"), name="notifications_preference_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Quiet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.TimeField(blank=True, null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
                ("large_minor", models.BigIntegerField(blank=True, null=True)),
                ("low_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("begins", None), ("ends", None)),
                            models.Q(
                                ("begins__isnull", False),
                                ("ends__isnull", False),
                                models.Q(("begins", models.F("ends")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="notifications_quiet_has_both_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("large_minor", None), ("large_minor__gt", 0), _connector="OR"),
                            models.Q(("low_minor", None), ("low_minor__gt", 0), _connector="OR"),
                        ),
                        name="notifications_thresholds_are_amounts",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                (
                    "channel",
                    models.CharField(
                        choices=[("app", "In the portal"), ("email", "E-mail"), ("sms", "Text message")], max_length=5
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, default="", max_length=160)),
                ("text", models.TextField(max_length=4000)),
                ("written_at", models.DateTimeField()),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("kind", "channel", "-version"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "channel", "version"), name="notifications_wording_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["app", "email", "sms"])),
                        name="notifications_wording_channel",
                    ),
                ],
            },
        ),
    ]
