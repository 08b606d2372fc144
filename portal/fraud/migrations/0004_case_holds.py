from django.db import migrations, models


class Migration(migrations.Migration):
    """A case may hold whatever leaves its customer's accounts; who did so, when and why stands in its events."""

    dependencies = [("fraud", "0003_first_rules")]
    operations = [
        migrations.AddField("case", "is_holding", models.BooleanField(default=False, db_default=False)),
        migrations.AlterField(
            "caseevent",
            "kind",
            models.CharField(
                max_length=10,
                choices=[
                    ("opened", "Case opened"),
                    ("taken", "Taken"),
                    ("assigned", "Handed to"),
                    ("escalated", "Escalated"),
                    ("snoozed", "Put off"),
                    ("woken", "Brought back"),
                    ("held", "Movements held"),
                    ("let_go", "Movements go again"),
                    ("frozen", "Account frozen"),
                    ("released", "Movement released"),
                    ("returned", "Movement returned"),
                    ("noted", "Note"),
                    ("decided", "Decided"),
                ],
            ),
        ),
    ]
