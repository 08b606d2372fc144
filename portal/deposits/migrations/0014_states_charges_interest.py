import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Accounts from application to closure, holders, charges and what became of them, interest by period and revised."""

    dependencies = [
        ("deposits", "0013_goals"),
        ("institution", "0002_trail"),
        ("ledger", "0003_no_shadows"),
        ("people", "0003_customer_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountApplication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=140)),
                ("asked_at", models.DateTimeField()),
                ("is_accepted", models.BooleanField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=140)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("asked_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("is_accepted", None)),
                            models.Q(("decided_at__isnull", False), ("is_accepted__isnull", False)),
                            _connector="OR",
                        ),
                        name="deposits_application_decided",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountClosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_balance_minor", models.BigIntegerField()),
                ("interest_minor", models.BigIntegerField(default=0)),
                ("fee_minor", models.BigIntegerField(default=0)),
                (
                    "payout",
                    models.CharField(
                        choices=[("none", "Nothing was left"), ("transfer", "To another account"), ("cash", "In cash")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AccountEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="AccountHolder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ("since", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="deposits_holder_days",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeWaiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InterestAccrual",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_date", models.DateField()),
                ("owed_minor", models.BigIntegerField()),
                ("change_minor", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("branch", "-business_date"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("owed_minor__gte", 0)), name="deposits_accrual_owed")
                ],
            },
        ),
        migrations.CreateModel(
            name="InterestAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("exact", models.DecimalField(decimal_places=9, max_digits=24)),
                ("amount_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="InterestRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("exact", models.DecimalField(decimal_places=9, max_digits=24)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ServiceCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("activation", "Opening an account"),
                            ("withdrawal", "Withdrawal"),
                            ("transfer", "Transfer to another customer"),
                            ("statement", "Statement on request"),
                            ("cheque", "Cheque"),
                            ("monthly", "Monthly fee"),
                            ("minimum_balance", "Below the minimum balance"),
                            ("closure", "Early closure"),
                            ("overdraft", "Overdraft interest"),
                            ("adjustment", "Interest taken back"),
                        ],
                        max_length=16,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("effective_from", models.DateField()),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("percent_bps", models.PositiveIntegerField(default=0)),
                ("least_minor", models.BigIntegerField(default=0)),
                ("most_minor", models.BigIntegerField(blank=True, null=True)),
                ("free_a_month", models.PositiveSmallIntegerField(default=0)),
                ("threshold_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(max_length=140)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("kind", "product", "-effective_from"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gte", 0),
                            ("least_minor__gte", 0),
                            ("percent_bps__lte", 10000),
                            ("threshold_minor__gte", 0),
                        ),
                        name="deposits_charge_values",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_minor", None), ("most_minor__gte", models.F("least_minor")), _connector="OR"
                        ),
                        name="deposits_charge_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TakenCharge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("activation", "Opening an account"),
                            ("withdrawal", "Withdrawal"),
                            ("transfer", "Transfer to another customer"),
                            ("statement", "Statement on request"),
                            ("cheque", "Cheque"),
                            ("monthly", "Monthly fee"),
                            ("minimum_balance", "Below the minimum balance"),
                            ("closure", "Early closure"),
                            ("overdraft", "Overdraft interest"),
                            ("adjustment", "Interest taken back"),
                        ],
                        max_length=16,
                    ),
                ),
                ("period", models.DateField(blank=True, null=True)),
                ("exact", models.DecimalField(blank=True, decimal_places=9, max_digits=24, null=True)),
                ("amount_minor", models.BigIntegerField()),
                ("memo", models.CharField(max_length=140)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("taken", "Taken"),
                            ("waived", "Waived"),
                            ("given_back", "Given back"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-made_at", "-id"),
                "indexes": [
                    models.Index(condition=models.Q(("state", "due")), fields=["id"], name="deposits_taken_due")
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="deposits_taken_amount")
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="statechange",
            options={"ordering": ("at", "id")},
        ),
        migrations.RemoveConstraint(
            model_name="interestposting",
            name="deposits_interest_month_once",
        ),
        migrations.RemoveConstraint(
            model_name="interestposting",
            name="deposits_interest_whole_month",
        ),
        migrations.AddField(
            model_name="depositaccount",
            name="mandate",
            field=models.CharField(
                choices=[("any", "Any holder alone"), ("all", "All holders together")], default="any", max_length=3
            ),
        ),
        migrations.AddField(
            model_name="interestposting",
            name="read_to_seq",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="interestposting",
            name="tax_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="statechange",
            name="identity_seen",
            field=models.CharField(blank=True, default="", max_length=140),
        ),
        migrations.AlterField(
            model_name="depositaccount",
            name="state",
            field=models.CharField(
                choices=[
                    ("applied", "Applied for"),
                    ("declined", "Declined"),
                    ("approved", "Approved"),
                    ("active", "Active"),
                    ("dormant", "Dormant"),
                    ("blocked", "Blocked"),
                    ("frozen", "Frozen"),
                    ("closed", "Closed"),
                ],
                default="active",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="after",
            field=models.CharField(
                choices=[
                    ("applied", "Applied for"),
                    ("declined", "Declined"),
                    ("approved", "Approved"),
                    ("active", "Active"),
                    ("dormant", "Dormant"),
                    ("blocked", "Blocked"),
                    ("frozen", "Frozen"),
                    ("closed", "Closed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="statechange",
            name="before",
            field=models.CharField(
                choices=[
                    ("applied", "Applied for"),
                    ("declined", "Declined"),
                    ("approved", "Approved"),
                    ("active", "Active"),
                    ("dormant", "Dormant"),
                    ("blocked", "Blocked"),
                    ("frozen", "Frozen"),
                    ("closed", "Closed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="interestposting",
            constraint=models.UniqueConstraint(fields=("account", "period_end"), name="deposits_interest_period_once"),
        ),
        migrations.AddConstraint(
            model_name="interestposting",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_start__lte", models.F("period_end"))), name="deposits_interest_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="interestposting",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_minor__gte", 0), ("tax_minor__lte", models.F("amount_minor"))),
                name="deposits_interest_tax",
            ),
        ),
        migrations.AddField(
            model_name="accountapplication",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="application", to="deposits.depositaccount"
            ),
        ),
        migrations.AddField(
            model_name="accountapplication",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="accountapplication",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountclosure",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="closure", to="deposits.depositaccount"
            ),
        ),
        migrations.AddField(
            model_name="accountclosure",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountclosure",
            name="asked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="accountclosure",
            name="payout_account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deposits.depositaccount",
            ),
        ),
        migrations.AddField(
            model_name="accountclosure",
            name="payout_entry",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="accountedit",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="edits", to="deposits.depositaccount"
            ),
        ),
        migrations.AddField(
            model_name="accountedit",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="accountholder",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holders", to="deposits.depositaccount"
            ),
        ),
        migrations.AddField(
            model_name="accountholder",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="chargewaiver",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="chargewaiver",
            name="entry",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="interestaccrual",
            name="branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
            ),
        ),
        migrations.AddField(
            model_name="interestaccrual",
            name="entry",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="interestadjustment",
            name="entry",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="interestadjustment",
            name="found_with",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="adjustment", to="deposits.interestposting"
            ),
        ),
        migrations.AddField(
            model_name="interestrevision",
            name="found_with",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="found", to="deposits.interestposting"
            ),
        ),
        migrations.AddField(
            model_name="interestrevision",
            name="posting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="deposits.interestposting"
            ),
        ),
        migrations.AddField(
            model_name="servicecharge",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="servicecharge",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="servicecharge",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="deposits.product",
            ),
        ),
        migrations.AddField(
            model_name="takencharge",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="deposits.depositaccount"
            ),
        ),
        migrations.AddField(
            model_name="takencharge",
            name="charge",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deposits.servicecharge",
            ),
        ),
        migrations.AddField(
            model_name="takencharge",
            name="entry",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
            ),
        ),
        migrations.AddField(
            model_name="chargewaiver",
            name="taken",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="waiver", to="deposits.takencharge"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountapplication",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("asked_by")), _negated=True),
                name="deposits_application_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("asked_by")), _negated=True),
                name="deposits_closure_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountholder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)), fields=("account", "customer"), name="deposits_holder_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="interestaccrual",
            constraint=models.UniqueConstraint(fields=("branch", "business_date"), name="deposits_accrual_day_once"),
        ),
        migrations.AddConstraint(
            model_name="interestrevision",
            constraint=models.UniqueConstraint(fields=("posting", "found_with"), name="deposits_revision_once"),
        ),
        migrations.AddConstraint(
            model_name="servicecharge",
            constraint=models.UniqueConstraint(
                fields=("kind", "product", "currency", "effective_from"),
                name="deposits_charge_day_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("made_by")), _negated=True),
                name="deposits_charge_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("activation", "withdrawal", "transfer", "statement", "cheque", "monthly", "minimum_balance"),
                    )
                ),
                name="deposits_charge_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="takencharge",
            constraint=models.UniqueConstraint(fields=("account", "kind", "period"), name="deposits_taken_once"),
        ),
        migrations.AddConstraint(
            model_name="takencharge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry", None), ("state__in", ("due", "waived"))),
                    models.Q(("entry__isnull", False), ("state__in", ("taken", "given_back"))),
                    _connector="OR",
                ),
                name="deposits_taken_entry",
            ),
        ),
    ]
