import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0005_products_trail"),
        ("ledger", "0003_no_shadows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SusuPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stake_minor", models.BigIntegerField()),
                (
                    "card",
                    models.CharField(choices=[("fixed31", "31 boxes"), ("month", "A calendar month")], max_length=8),
                ),
                ("commission_stakes", models.PositiveSmallIntegerField()),
                ("started_on", models.DateField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="susu", to="deposits.depositaccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("stake_minor__gt", 0)), name="deposits_susu_stake")
                ]
            },
        ),
        migrations.CreateModel(
            name="SusuPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("paid_on", models.DateField()),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="deposits.susuplan"
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "-at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("days__gt", 0)), name="deposits_susu_paid"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SusuPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
                ("until", models.DateField(blank=True, null=True)),
                ("resumed_at", models.DateTimeField(blank=True, null=True)),
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
                    "resumed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="deposits.susuplan"
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "-at"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resumed_at", None)), fields=("plan",), name="deposits_susu_pause_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resumed_at", None), ("until", None)),
                            models.Q(("resumed_at__isnull", False), ("until__gte", models.F("since"))),
                            _connector="OR",
                        ),
                        name="deposits_susu_pause_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SusuCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("boxes", models.PositiveSmallIntegerField()),
                ("filled", models.PositiveSmallIntegerField(default=0)),
                ("month", models.DateField(blank=True, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cards", to="deposits.susuplan"
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="deposits_susu_card_once"),
                    models.UniqueConstraint(fields=("plan", "month"), name="deposits_susu_month_once"),
                    models.CheckConstraint(
                        condition=models.Q(("boxes__gte", 1), ("boxes__lte", 31), ("filled__lte", models.F("boxes"))),
                        name="deposits_susu_boxes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SusuSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contributed_minor", models.BigIntegerField()),
                ("commission_minor", models.BigIntegerField()),
                ("payout_minor", models.BigIntegerField()),
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
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlement", to="deposits.susucard"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("commission_minor__gte", 0),
                            (
                                "contributed_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("commission_minor"), "+", models.F("payout_minor")
                                ),
                            ),
                            ("contributed_minor__gt", 0),
                            ("payout_minor__gte", 0),
                        ),
                        name="deposits_susu_settled",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SusuTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "card",
                    models.CharField(
                        choices=[("fixed31", "31 boxes"), ("month", "A calendar month")],
                        default="fixed31",
                        max_length=8,
                    ),
                ),
                ("commission_stakes", models.PositiveSmallIntegerField(default=1)),
                ("least_stake_minor", models.BigIntegerField(default=100)),
                (
                    "terms",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="susu", to="deposits.terms"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("commission_stakes__lte", 5), ("least_stake_minor__gt", 0)),
                        name="deposits_susu_terms",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="SusuBoxes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.PositiveSmallIntegerField()),
                ("last", models.PositiveSmallIntegerField()),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="paid", to="deposits.susucard"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="boxes", to="deposits.susupayment"
                    ),
                ),
            ],
            options={
                "ordering": ("card", "first"),
                "constraints": [
                    models.UniqueConstraint(fields=("card", "first"), name="deposits_susu_box_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__gte", 1), ("last__gte", models.F("first")), ("last__lte", 31)),
                        name="deposits_susu_box_order",
                    ),
                ],
            },
        ),
        watch("deposits_susuplan"),
        watch("deposits_susucard"),
        watch("deposits_susupause"),
        append_only("deposits_susuterms"),
        append_only("deposits_susupayment"),
        append_only("deposits_susuboxes"),
        append_only("deposits_sususettlement"),
    ]
