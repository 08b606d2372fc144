import django.db.models.deletion
from django.db import migrations, models

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    """A month with more movements than one document holds is issued in parts."""

    dependencies = [("documents", "0001_initial"), ("statements", "0002_trail")]

    operations = [
        migrations.CreateModel(
            name="IssuedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="statements.issuedstatement",
                    ),
                ),
            ],
            options={
                "ordering": ("statement", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("statement", "number"), name="statements_part_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 2)), name="statements_part_follows"),
                ],
            },
        ),
        append_only("statements_issuedpart"),
    ]
