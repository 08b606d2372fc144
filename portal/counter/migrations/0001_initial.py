import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("approvals", "0005_ceilings_trail"),
        ("drawers", "0006_reversal_limit"),
        ("institution", "0002_trail"),
        ("ledger", "0005_lines_for_plans"),
        ("people", "0009_records_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("slot", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("draft", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits aside"),
                            ("asked", "With the manager"),
                            ("posted", "Posted"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.request",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="drawers.drawersession"
                    ),
                ),
            ],
            options={
                "ordering": ("slot", "opened_at"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slot__isnull", False)),
                        fields=("session", "slot"),
                        name="counter_visit_slot_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot", None), ("slot__in", (1, 2, 3, 4, 5)), _connector="OR"),
                        name="counter_visit_slot_exists",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "asked"), _negated=True), ("request__isnull", False), _connector="OR"
                        ),
                        name="counter_visit_asked_for_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitLeg",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("leg", models.CharField(max_length=20)),
                ("contents", models.JSONField()),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="legs", to="counter.visit"
                    ),
                ),
            ],
            options={
                "ordering": ("visit", "position"),
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "position"), name="counter_leg_position_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterReversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("amount", "Wrong amount"),
                            ("account", "Wrong account"),
                            ("twice", "Entered twice"),
                            ("direction", "In instead of out, or the other way round"),
                            ("member", "The member changed their mind"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=140)),
                ("at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "reversal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="drawers.drawersession"
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("by")), _negated=True),
                        name="counter_reversal_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), ("reason", "other"), _negated=True),
                        name="counter_reversal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounterTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="drawers.drawersession"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["session", "-id"], name="counter_transfer_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="counter_transfer_amount")
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_date", models.DateField()),
                ("number", models.PositiveIntegerField()),
                ("called_at", models.DateTimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="drawers.drawersession"
                    ),
                ),
            ],
            options={
                "ordering": ("-business_date", "-number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("branch", "business_date", "number"), name="counter_ticket_called_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("slot__isnull", False), ("state__in", ("open", "asked"))),
                    models.Q(("ended_at__isnull", False), ("state__in", ("posted", "dropped"))),
                    _connector="OR",
                ),
                name="counter_visit_unfinished_has_a_slot",
            ),
        ),
    ]
