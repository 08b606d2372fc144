import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    """An offer stands for so many days; what an application said is kept each time it is handed in or granted."""

    dependencies = [("loans", "0005_probation")]
    operations = [
        migrations.AddField("loanterms", "offer_days", models.PositiveSmallIntegerField(default=30, db_default=30)),
        migrations.AddConstraint(
            "loanterms",
            models.CheckConstraint(condition=Q(offer_days__gte=1, offer_days__lte=366), name="loans_terms_offer"),
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("contents", models.JSONField()),
                (
                    "change",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loans.statechange"
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="loans.loan"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("loan", "number"), name="loans_version_number_once"),
                    models.CheckConstraint(condition=Q(number__gte=1), name="loans_version_number"),
                ],
            },
        ),
        append_only("loans_version"),
    ]
