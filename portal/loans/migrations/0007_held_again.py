import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """After a payment was undone guarantors stand again: what for, and what is held of it."""

    dependencies = [
        ("ledger", "0014_lighter_batches"),
        ("loans", "0006_offers_and_versions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="HeldAgain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_again",
                        to="loans.guarantoranswer",
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
                    "hold",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.hold"
                    ),
                ),
                (
                    "reversal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held_again",
                        to="loans.paymentreversal",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "reversal"), name="loans_held_again_once"),
                    models.CheckConstraint(condition=Q(wanted_minor__gt=0), name="loans_held_again_wanted"),
                ],
            },
        ),
        watch("loans_heldagain"),
        append_only("loans_heldagain"),
    ]
