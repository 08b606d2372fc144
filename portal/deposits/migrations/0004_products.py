import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Six kinds of products, and terms with all that D1 names: tiers, compounding, tax, overdraft, dormancy."""

    dependencies = [
        ("deposits", "0003_interest_months"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("offered", "Offered"),
                            ("withdrawn", "No longer offered"),
                            ("closed", "Closed"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("offered", "Offered"),
                            ("withdrawn", "No longer offered"),
                            ("closed", "Closed"),
                        ],
                        max_length=9,
                    ),
                ),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="deposits_product_changes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RateTier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_minor", models.BigIntegerField()),
                ("rate_bps", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ("terms", "from_minor"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_minor__gt", 0), ("rate_bps__lte", 10000)), name="deposits_tier_values"
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="terms",
            name="deposits_terms_not_negative",
        ),
        migrations.AddField(
            model_name="product",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("offered", "Offered"),
                    ("withdrawn", "No longer offered"),
                    ("closed", "Closed"),
                ],
                default="offered",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="terms",
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
            model_name="terms",
            name="compounding",
            field=models.CharField(
                choices=[
                    ("none", "When it is posted"),
                    ("daily", "Daily"),
                    ("monthly", "Monthly"),
                    ("quarterly", "Quarterly"),
                ],
                default="none",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="dormancy_days",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terms",
            name="early_closure_days",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terms",
            name="early_closure_fee_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terms",
            name="made_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="terms",
            name="made_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="opening_minimum_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terms",
            name="opening_needs_approval",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="terms",
            name="overdraft_rate_bps",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="terms",
            name="posting_frequency",
            field=models.CharField(
                choices=[
                    ("monthly", "Monthly"),
                    ("quarterly", "Quarterly"),
                    ("half_yearly", "Half-yearly"),
                    ("yearly", "Yearly"),
                ],
                default="monthly",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=140),
        ),
        migrations.AddField(
            model_name="terms",
            name="tier_method",
            field=models.CharField(
                choices=[("slab", "Each slice at its own rate"), ("whole", "The whole balance at the rate it reaches")],
                default="slab",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="withholding_tax_bps",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="product",
            name="kind",
            field=models.CharField(
                choices=[
                    ("savings", "Savings"),
                    ("current", "Current"),
                    ("susu", "Daily susu"),
                    ("shares", "Shares"),
                    ("contribution", "Monthly contribution"),
                    ("fixed", "Fixed deposit"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(
                condition=models.Q(("overdraft_rate_bps__lte", 10000), ("withholding_tax_bps__lte", 10000)),
                name="deposits_terms_other_rates",
            ),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("made_by")), _negated=True),
                name="deposits_terms_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="terms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("early_closure_fee_minor__gte", 0),
                    ("interest_floor_minor__gte", 0),
                    ("minimum_balance_minor__gte", 0),
                    ("opening_minimum_minor__gte", 0),
                    ("overdraft_limit_minor__gte", 0),
                    ("withdrawal_fee_minor__gte", 0),
                ),
                name="deposits_terms_not_negative",
            ),
        ),
        migrations.AddField(
            model_name="productchange",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="productchange",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="deposits.product"
            ),
        ),
        migrations.AddField(
            model_name="ratetier",
            name="terms",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tiers", to="deposits.terms"
            ),
        ),
        migrations.AddConstraint(
            model_name="ratetier",
            constraint=models.UniqueConstraint(fields=("terms", "from_minor"), name="deposits_tier_once"),
        ),
    ]
