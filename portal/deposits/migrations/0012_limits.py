import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0011_standing_orders"),
        ("people", "0003_customer_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MoneyLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("customer", "Customer"),
                            ("cashier", "Cashier"),
                            ("mobile_banker", "Mobile banker"),
                            ("manager", "Manager"),
                            ("operations_manager", "Operations manager"),
                            ("administrator", "Administrator"),
                            ("auditor", "Auditor"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[("online", "Online"), ("counter", "At the counter"), ("standing", "Standing orders")],
                        default="",
                        max_length=16,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("at_once_minor", models.BigIntegerField(blank=True, null=True)),
                ("per_day_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "beyond",
                    models.CharField(
                        choices=[("refuse", "Refused"), ("ask", "Waits for approval")], default="refuse", max_length=8
                    ),
                ),
                ("effective_from", models.DateField()),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
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
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deposits.product",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("role", "channel", "product", "customer", "-effective_from", "-at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("at_once_minor", None), ("at_once_minor__gte", 0), _connector="OR"),
                            models.Q(("per_day_minor", None), ("per_day_minor__gte", 0), _connector="OR"),
                        ),
                        name="deposits_limit_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("set_by", None)),
                            models.Q(("set_by", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="deposits_limit_two_persons",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewPayeeRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_from", models.DateField()),
                ("cooling_hours", models.PositiveSmallIntegerField(default=24)),
                ("currency", models.CharField(max_length=3)),
                ("per_day_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
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
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-effective_from", "-at"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cooling_hours__lte", 720), ("per_day_minor__gte", 0)),
                        name="deposits_new_payee_rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("set_by", None)),
                            models.Q(("set_by", models.F("approved_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="deposits_new_payee_two_persons",
                    ),
                ],
            },
        ),
        append_only("deposits_moneylimit"),
        append_only("deposits_newpayeerule"),
    ]
