import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """A floor changes by somebody and for a reason; what only loading needs is taken from the web's role."""

    dependencies = [("ledger", "0006_post_one"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="FloorChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before_minor", models.BigIntegerField(null=True)),
                ("after_minor", models.BigIntegerField()),
                ("why", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="floor_changes",
                        to="ledger.account",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("why", ""), _negated=True), name="ledger_floor_why")
                ],
            },
        ),
        run_sql_file(__file__, "loaders_only.sql"),
    ]
