import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0020_certificate_charge"),
        ("institution", "0002_trail"),
        ("ledger", "0008_closed_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cheque",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "via",
                    models.CharField(
                        choices=[("counter", "At the counter"), ("online", "By photograph")], max_length=8
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("number", models.CharField(blank=True, default="", max_length=10)),
                ("sort_code", models.CharField(blank=True, default="", max_length=6)),
                ("drawn_account", models.CharField(blank=True, default="", max_length=20)),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("drawer_name", models.CharField(blank=True, default="", max_length=120)),
                ("signature_seen", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("checked", "Checked"),
                            ("clearing", "Clearing"),
                            ("available", "Available"),
                            ("returned", "Returned"),
                            ("refused", "Not taken"),
                            ("cancelled", "Taken back"),
                        ],
                        default="received",
                        max_length=9,
                    ),
                ),
                ("business_date", models.DateField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("key", models.UUIDField()),
                ("captured_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cheques",
                        to="deposits.depositaccount",
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
                (
                    "captured_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "drawn_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cheques_drawn",
                        to="deposits.depositaccount",
                    ),
                ),
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
                    "hold",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "captured_at"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "clearing")),
                        fields=["branch", "due_on"],
                        name="deposits_cheque_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "received")), fields=["branch"], name="deposits_cheque_to_read"
                    ),
                    models.Index(fields=["number"], name="deposits_cheque_number"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("captured_by", "key"), name="deposits_cheque_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="deposits_cheque_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("taken_by")), _negated=True),
                        name="deposits_cheque_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("issued_on", None),
                            ("issued_on__lte", models.F("business_date")),
                            ("state", "refused"),
                            _connector="OR",
                        ),
                        name="deposits_cheque_not_postdated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChequeReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("agrees", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cheque",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="deposits.cheque"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ChequeRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("effective_from", models.DateField()),
                ("hold_days", models.PositiveSmallIntegerField(default=3)),
                ("stale_months", models.PositiveSmallIntegerField(default=6)),
                ("working_days", models.CharField(default="12345", max_length=7)),
                ("own_prefix", models.CharField(blank=True, default="", max_length=6)),
                ("counter_limit_minor", models.BigIntegerField(blank=True, null=True)),
                ("phone_limit_minor", models.BigIntegerField(blank=True, null=True)),
                ("blocks_day_end", models.BooleanField(default=True)),
                ("reason", models.CharField(max_length=140)),
                ("made_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "rules for cheques",
                "ordering": ("-effective_from", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold_days__lte", 60),
                            ("stale_months__gte", 1),
                            ("stale_months__lte", 60),
                            models.Q(("counter_limit_minor", None), ("counter_limit_minor__gte", 0), _connector="OR"),
                            models.Q(("phone_limit_minor", None), ("phone_limit_minor__gte", 0), _connector="OR"),
                        ),
                        name="deposits_cheque_rules_values",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("own_prefix__regex", "^[0-9]{0,6}$"),
                            ("working_days__regex", "^1?2?3?4?5?6?7?$"),
                            models.Q(("working_days", ""), _negated=True),
                        ),
                        name="deposits_cheque_rules_codes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("made_by")), _negated=True),
                        name="deposits_cheque_rules_second_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChequeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("checked", "Checked"),
                            ("clearing", "Clearing"),
                            ("available", "Available"),
                            ("returned", "Returned"),
                            ("refused", "Not taken"),
                            ("cancelled", "Taken back"),
                        ],
                        max_length=9,
                    ),
                ),
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
                    "cheque",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="deposits.cheque"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="BankHoliday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=60)),
                ("added_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("day",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)), fields=("day",), name="deposits_bank_holiday_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("received", "clearing", "available")), models.Q(("number", ""), _negated=True)
                ),
                fields=("sort_code", "drawn_account", "number"),
                name="deposits_cheque_micr_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cheque",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry", None), ("state__in", ("received", "refused"))),
                    models.Q(
                        ("state__in", ("clearing", "available", "returned", "cancelled")),
                        ("due_on__isnull", False),
                        ("entry__isnull", False),
                        ("taken_by__isnull", False),
                        models.Q(("number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="deposits_cheque_read_before_credited",
            ),
        ),
        migrations.AddConstraint(
            model_name="chequestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), ("state__in", ("returned", "refused", "cancelled")), _negated=True),
                name="deposits_cheque_step_why",
            ),
        ),
    ]
