import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0009_fixed_deposits"),
        ("people", "0003_customer_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nickname", models.CharField(blank=True, default="", max_length=40)),
                ("added_at", models.DateTimeField()),
                ("usable_from", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.depositaccount"
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payees", to="people.customer"
                    ),
                ),
                (
                    "removed_by",
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
                "ordering": ("nickname", "account"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("customer", "account"),
                        name="deposits_payee_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usable_from__gte", models.F("added_at"))), name="deposits_payee_usable"
                    ),
                ],
            },
        ),
        watch("deposits_payee"),
    ]
