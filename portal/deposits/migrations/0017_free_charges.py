from datetime import date

from django.db import migrations, models
from django.db.models import Q

STATES = [("due", "Due"), ("taken", "Taken"), ("free", "Free"), ("waived", "Waived"), ("given_back", "Given back")]


class Migration(migrations.Migration):
    """One of a month's free services is kept too, with the day it was used on, so that they can be counted."""

    dependencies = [("deposits", "0016_plan_keys")]
    operations = [
        migrations.AddField(
            model_name="takencharge",
            name="used_on",
            # Nothing was charged before this column.
            field=models.DateField(default=date(2026, 11, 21)),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="takencharge",
            name="state",
            field=models.CharField(choices=STATES, default="due", max_length=10),
        ),
        migrations.RemoveConstraint(model_name="takencharge", name="deposits_taken_amount"),
        migrations.RemoveConstraint(model_name="takencharge", name="deposits_taken_entry"),
        migrations.AddConstraint(
            model_name="takencharge",
            constraint=models.CheckConstraint(
                condition=Q(amount_minor=0, state="free") | (Q(amount_minor__gt=0) & ~Q(state="free")),
                name="deposits_taken_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="takencharge",
            constraint=models.CheckConstraint(
                condition=Q(state__in=("due", "waived", "free"), entry=None)
                | Q(state__in=("taken", "given_back"), entry__isnull=False),
                name="deposits_taken_entry",
            ),
        ),
        migrations.AddIndex(
            model_name="takencharge",
            index=models.Index(fields=["account", "kind", "used_on"], name="deposits_taken_used"),
        ),
    ]
