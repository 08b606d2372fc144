from django.db import migrations, models


class Migration(migrations.Migration):
    """The same request starts a plan once. There are no plans yet that would need a key made up."""

    dependencies = [("deposits", "0015_states_charges_interest_trail")]
    operations = [
        migrations.AddField("susuplan", "key", models.UUIDField(unique=True)),
        migrations.AddField("contributionplan", "key", models.UUIDField(unique=True)),
    ]
