import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0006_susu"),
        ("ledger", "0003_no_shadows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dividend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("total_minor", models.BigIntegerField()),
                ("approved_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dividends", to="deposits.product"
                    ),
                ),
            ],
            options={
                "ordering": ("-period_end",),
                "constraints": [
                    models.UniqueConstraint(fields=("product", "period_end"), name="deposits_dividend_once"),
                    models.CheckConstraint(
                        condition=models.Q(("period_end__gte", models.F("period_start")), ("total_minor__gt", 0)),
                        name="deposits_dividend_values",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("declared_by", models.F("approved_by")), _negated=True),
                        name="deposits_dividend_two_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DividendShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("share_days", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dividends",
                        to="deposits.depositaccount",
                    ),
                ),
                (
                    "dividend",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="deposits.dividend"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dividend", "account"), name="deposits_dividend_share_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0), ("share_days__gt", 0)),
                        name="deposits_dividend_share",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="DividendPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "paid_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.depositaccount"
                    ),
                ),
                (
                    "share",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="deposits.dividendshare"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ShareClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nominal_minor", models.BigIntegerField()),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="share_class", to="deposits.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("nominal_minor__gt", 0)), name="deposits_share_nominal")
                ]
            },
        ),
        migrations.CreateModel(
            name="ShareDealing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shares", models.IntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("dealt_on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="share_dealings",
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
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
            ],
            options={
                "ordering": ("account", "-at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("shares", 0), _negated=True), ("price_minor__gt", 0)),
                        name="deposits_share_dealing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShareTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("price_minor", models.BigIntegerField()),
                ("least_shares", models.PositiveIntegerField(default=1)),
                ("most_shares", models.PositiveIntegerField(default=100000)),
                (
                    "terms",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="deposits.terms"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("most_shares__gte", models.F("least_shares")), ("price_minor__gt", 0)),
                        name="deposits_share_terms",
                    )
                ]
            },
        ),
        append_only("deposits_shareclass"),
        append_only("deposits_shareterms"),
        append_only("deposits_sharedealing"),
        append_only("deposits_dividend"),
        append_only("deposits_dividendshare"),
        append_only("deposits_dividendpayment"),
    ]
