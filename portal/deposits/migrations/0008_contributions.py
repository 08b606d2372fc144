import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0007_shares"),
        ("ledger", "0003_no_shadows"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContributionPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("monthly_minor", models.BigIntegerField()),
                ("target_minor", models.BigIntegerField()),
                ("first_month", models.DateField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contribution",
                        to="deposits.depositaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("monthly_minor__gt", 0), ("target_minor__gte", models.F("monthly_minor"))),
                        name="deposits_contribution_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_month", django.db.models.functions.datetime.TruncMonth("first_month"))
                        ),
                        name="deposits_contribution_first_month",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="ContributionFine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fines",
                        to="deposits.contributionplan",
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "month"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "month"), name="deposits_contribution_fine_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0), ("month", django.db.models.functions.datetime.TruncMonth("month"))
                        ),
                        name="deposits_contribution_fine",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContributionTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_day", models.PositiveSmallIntegerField(default=5)),
                ("grace_days", models.PositiveSmallIntegerField(default=3)),
                ("late_fine_minor", models.BigIntegerField(default=0)),
                ("least_monthly_minor", models.BigIntegerField(default=100)),
                (
                    "terms",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contribution", to="deposits.terms"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_day__gte", 1),
                            ("due_day__lte", 31),
                            ("grace_days__lte", 31),
                            ("late_fine_minor__gte", 0),
                            ("least_monthly_minor__gt", 0),
                        ),
                        name="deposits_contribution_terms",
                    )
                ]
            },
        ),
        watch("deposits_contributionplan"),
        append_only("deposits_contributionterms"),
        append_only("deposits_contributionfine"),
    ]
