from django.db import migrations, models


class Migration(migrations.Migration):
    """Up to what amount a drawer's cashier takes a movement back without a second person; 0 for none."""

    dependencies = [("drawers", "0005_vault_trail")]
    operations = [
        migrations.AddField(
            model_name="drawer",
            name="reversal_limit_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
