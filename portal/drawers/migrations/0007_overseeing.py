import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """A manager has a drawer counted in between, and takes over one whose cashier is absent."""

    dependencies = [
        ("audit", "0002_trail"),
        ("drawers", "0006_reversal_limit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecountOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=140)),
                ("ordered_at", models.DateTimeField()),
                ("expected_minor", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-ordered_at",),
            },
        ),
        migrations.CreateModel(
            name="TakeOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=140)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="drawers_take_over_says_why"
                    )
                ]
            },
        ),
        migrations.RemoveConstraint(
            model_name="drawercount",
            name="drawers_count_kind_once",
        ),
        migrations.AlterField(
            model_name="drawercount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opening", "Opening"),
                    ("closing", "Closing"),
                    ("recount", "Recount"),
                    ("spot", "Count in between"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="drawercount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("recount", "spot")), _negated=True),
                fields=("session", "kind"),
                name="drawers_count_kind_once",
            ),
        ),
        migrations.AddField(
            model_name="recountorder",
            name="count",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="drawers.drawercount",
            ),
        ),
        migrations.AddField(
            model_name="recountorder",
            name="ordered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="recountorder",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="recount_orders", to="drawers.drawersession"
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="takeover",
            name="session",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="take_over", to="drawers.drawersession"
            ),
        ),
        migrations.AddConstraint(
            model_name="recountorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("count", None)), fields=("session",), name="drawers_recount_one_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="recountorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("count", None), ("expected_minor", None)),
                    models.Q(("count__isnull", False), ("expected_minor__isnull", False)),
                    _connector="OR",
                ),
                name="drawers_recount_answered",
            ),
        ),
        watch("drawers_recountorder"),
        append_only("drawers_takeover"),
    ]
