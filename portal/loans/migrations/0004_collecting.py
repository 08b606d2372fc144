import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    """Instalments may be taken from an account when they fall due."""

    dependencies = [
        ("deposits", "0017_free_charges"),
        ("loans", "0003_earns_from"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Collecting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="collecting", to="loans.loan"
                    ),
                ),
            ],
            options={"ordering": ("-pk",)},
        ),
        append_only("loans_collecting"),
    ]
