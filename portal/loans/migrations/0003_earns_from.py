from datetime import date

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """After an early payment a row earns from the day of the payment, while its period stays."""

    dependencies = [("loans", "0002_trail")]
    operations = [
        migrations.AddField(
            "schedulerow", "earns_from", models.DateField(default=date(2000, 1, 1)), preserve_default=False
        ),
        migrations.RemoveConstraint("schedulerow", "loans_row_not_negative"),
        migrations.AddConstraint(
            "schedulerow",
            models.CheckConstraint(
                condition=Q(
                    principal_minor__gte=0,
                    interest_minor__gte=0,
                    earned_minor__gte=0,
                    balance_minor__gte=0,
                    due__gte=F("earns_from"),
                ),
                name="loans_row_not_negative",
            ),
        ),
    ]
