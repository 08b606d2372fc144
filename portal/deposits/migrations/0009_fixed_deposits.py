import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0008_contributions"),
        ("ledger", "0003_no_shadows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FixedInstruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instruction",
                    models.CharField(
                        choices=[
                            ("pay_out", "Pay everything out"),
                            ("roll_principal", "Keep the principal for another term, pay the interest out"),
                            ("roll_all", "Keep principal and interest for another term"),
                        ],
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fixed_instructions",
                        to="deposits.depositaccount",
                    ),
                ),
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
                    "pay_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.depositaccount"
                    ),
                ),
            ],
            options={
                "ordering": ("account", "-at"),
            },
        ),
        migrations.CreateModel(
            name="FixedTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("principal_minor", models.BigIntegerField()),
                ("starts_on", models.DateField()),
                ("matures_on", models.DateField()),
                ("months", models.PositiveSmallIntegerField()),
                ("rate_bps", models.PositiveIntegerField()),
                ("early_rate_bps", models.PositiveIntegerField()),
                ("day_count", models.CharField(max_length=13)),
                ("noticed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fixed_terms",
                        to="deposits.depositaccount",
                    ),
                ),
            ],
            options={
                "ordering": ("account", "-number"),
                "indexes": [models.Index(fields=["matures_on"], name="deposits_fixed_matures")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "number"), name="deposits_fixed_term_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("matures_on__gt", models.F("starts_on")),
                            ("months__gte", 1),
                            ("principal_minor__gt", 0),
                            ("early_rate_bps__lte", models.F("rate_bps")),
                        ),
                        name="deposits_fixed_term",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FixedEnding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(choices=[("matured", "Matured"), ("broken", "Broken early")], max_length=8),
                ),
                ("ended_on", models.DateField()),
                ("interest_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("paid_out_minor", models.BigIntegerField()),
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
                    "entry",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "term",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ending", to="deposits.fixedterm"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("interest_minor__gte", 0),
                            ("paid_out_minor__gte", 0),
                            ("tax_minor__gte", 0),
                            ("tax_minor__lte", models.F("interest_minor")),
                        ),
                        name="deposits_fixed_ending",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="FixedTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("early_rate_bps", models.PositiveIntegerField(default=0)),
                ("notice_days", models.PositiveSmallIntegerField(default=7)),
                (
                    "terms",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fixed", to="deposits.terms"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("early_rate_bps__lte", 10000), ("notice_days__lte", 90)),
                        name="deposits_fixed_terms",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RateSlab",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_minor", models.BigIntegerField()),
                ("from_months", models.PositiveSmallIntegerField()),
                ("rate_bps", models.PositiveIntegerField()),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="chart", to="deposits.fixedterms"
                    ),
                ),
            ],
            options={
                "ordering": ("terms", "from_minor", "from_months"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("terms", "from_minor", "from_months"), name="deposits_fixed_slab_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_minor__gt", 0),
                            ("from_months__gte", 1),
                            ("from_months__lte", 120),
                            ("rate_bps__lte", 10000),
                        ),
                        name="deposits_fixed_slab",
                    ),
                ],
            },
        ),
        watch("deposits_fixedterm"),
        append_only("deposits_fixedterms"),
        append_only("deposits_rateslab"),
        append_only("deposits_fixedinstruction"),
        append_only("deposits_fixedending"),
    ]
