import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """Templates of entries, under the trail; the lines of one never change."""

    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("audit", "0002_trail")]

    operations = [
        migrations.CreateModel(
            name="EntryTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("memo", models.CharField(max_length=140)),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "retired_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("name", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("name",),
                        name="bookkeeping_template_name_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at", None), ("retired_by", None)),
                            models.Q(("retired_at__isnull", False), ("retired_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="bookkeeping_template_retired_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=24)),
                ("side", models.CharField(choices=[("D", "Debit"), ("C", "Credit")], max_length=1)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="bookkeeping.entrytemplate",
                    ),
                ),
            ],
            options={
                "ordering": ("template", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("template", "number"), name="bookkeeping_line_once"),
                    models.CheckConstraint(condition=models.Q(("side__in", ["D", "C"])), name="bookkeeping_line_side"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="bookkeeping_line_amount"),
                ],
            },
        ),
        watch("bookkeeping_entrytemplate"),
        append_only("bookkeeping_templateline"),
    ]
