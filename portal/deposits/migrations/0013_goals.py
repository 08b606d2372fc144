import django.db.models.deletion
from django.db import migrations, models

from portal.audit.operations import watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0012_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("target_minor", models.BigIntegerField()),
                ("by_day", models.DateField(blank=True, null=True)),
                ("set_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goal", to="deposits.depositaccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("target_minor__gt", 0)), name="deposits_goal_target")
                ],
            },
        ),
        watch("deposits_goal"),
    ]
