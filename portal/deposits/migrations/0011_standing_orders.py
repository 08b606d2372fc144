import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys
from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0010_payees"),
        ("ledger", "0003_no_shadows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("memo", models.CharField(blank=True, default="", max_length=100)),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("fortnightly", "Every two weeks"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every three months"),
                            ("half_yearly", "Every six months"),
                            ("yearly", "Every year"),
                        ],
                        max_length=12,
                    ),
                ),
                ("first_on", models.DateField()),
                ("last_on", models.DateField(blank=True, null=True)),
                ("times", models.PositiveIntegerField(blank=True, null=True)),
                ("retry_days", models.PositiveSmallIntegerField(default=3)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused"), ("ended", "Ended")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("next_due", models.DateField(blank=True, null=True)),
                ("key", models.UUIDField()),
                ("ordered_at", models.DateTimeField()),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_orders",
                        to="deposits.depositaccount",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.depositaccount"
                    ),
                ),
            ],
            options={
                "ordering": ("next_due", "ordered_at"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "active")), fields=["next_due"], name="deposits_standing_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("ordered_by", "key"), name="deposits_standing_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("retry_days__lte", 10),
                            models.Q(("source", models.F("target")), _negated=True),
                            models.Q(("last_on", None), ("last_on__gte", models.F("first_on")), _connector="OR"),
                            models.Q(("times", None), ("times__gt", 0), _connector="OR"),
                        ),
                        name="deposits_standing_values",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "ended"), ("next_due__isnull", False), _connector="OR"),
                        name="deposits_standing_has_a_next_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("paused", "Paused"),
                            ("resumed", "Taken up again"),
                            ("skipped", "Passed over once"),
                            ("ended", "Ended"),
                        ],
                        max_length=8,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=140)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="deposits.standingorder"
                    ),
                ),
            ],
            options={
                "ordering": ("order", "-at"),
            },
        ),
        migrations.CreateModel(
            name="StandingAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("tried_on", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("sent", "Sent"), ("deferred", "To be tried again"), ("failed", "Given up")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="deposits.standingorder",
                    ),
                ),
            ],
            options={
                "ordering": ("order", "-due_on", "-tried_on"),
                "constraints": [
                    models.UniqueConstraint(fields=("order", "due_on", "tried_on"), name="deposits_standing_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry__isnull", False), ("outcome", "sent")),
                            models.Q(models.Q(("outcome", "sent"), _negated=True), ("entry", None)),
                            _connector="OR",
                        ),
                        name="deposits_standing_entry",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="standingattempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome__in", ("sent", "failed"))),
                fields=("order", "due_on"),
                name="deposits_standing_due_once",
            ),
        ),
        watch("deposits_standingorder"),
        append_only("deposits_standingchange"),
        append_only("deposits_standingattempt"),
    ]
