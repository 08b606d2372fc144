import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    """A loan rescheduled in default stays there until so many instalments were paid in time; due days may keep their month."""

    dependencies = [("loans", "0004_collecting")]
    operations = [
        migrations.CreateModel(
            name="Probation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cause",
                    models.CharField(
                        choices=[("rescheduled", "Rescheduled in default"), ("late", "Late again")], max_length=11
                    ),
                ),
                ("on", models.DateField()),
                ("until", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="probations", to="loans.loan"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [models.CheckConstraint(condition=Q(until__gte=F("on")), name="loans_probation_ahead")],
            },
        ),
        append_only("loans_probation"),
        migrations.AddField("standing", "probation_to", models.DateField(null=True)),
        migrations.AddField(
            "loanterms", "probation_instalments", models.PositiveSmallIntegerField(default=3, db_default=3)
        ),
        migrations.AddConstraint(
            "loanterms",
            models.CheckConstraint(condition=Q(probation_instalments__lte=480), name="loans_terms_probation"),
        ),
        migrations.AlterField(
            "loanterms",
            "weekend_shift",
            models.CharField(
                choices=[
                    ("none", "Stays"),
                    ("forward", "To the next working day"),
                    ("modified", "To the next working day, within the month"),
                    ("back", "To the working day before"),
                ],
                default="none",
                max_length=8,
            ),
        ),
    ]
