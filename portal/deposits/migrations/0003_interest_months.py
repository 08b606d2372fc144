import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """A month's interest is kept once an account, and for whole months only, so that two periods never overlap."""

    dependencies = [("deposits", "0002_trail")]

    operations = [
        migrations.RemoveConstraint(model_name="interestposting", name="deposits_interest_period_once"),
        migrations.AddConstraint(
            model_name="interestposting",
            constraint=models.UniqueConstraint(fields=("account", "period_start"), name="deposits_interest_month_once"),
        ),
        migrations.AddConstraint(
            model_name="interestposting",
            constraint=models.CheckConstraint(
                condition=models.Q(period_start=django.db.models.functions.datetime.TruncMonth(models.F("period_end"))),
                name="deposits_interest_whole_month",
            ),
        ),
    ]
