import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only, watch
from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """Closed books open again by two people's word, in a row that never changes."""

    dependencies = [
        ("institution", "0002_trail"),
        ("ledger", "0010_pairs"),
        ("audit", "0002_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PeriodReopening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("was_closed_through", models.DateField()),
                ("through", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
            ],
            options={
                "ordering": ("-at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asked_by", models.F("approved_by")), _negated=True),
                        name="ledger_reopening_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("through__lt", models.F("was_closed_through"))),
                        name="ledger_reopening_goes_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="ledger_reopening_why"
                    ),
                ],
            },
        ),
        watch("ledger_periodreopening"),
        append_only("ledger_periodreopening"),
        run_sql_file(__file__, "reopened.sql"),
    ]
