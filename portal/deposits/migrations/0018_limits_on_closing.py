from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deposits", "0017_free_charges")]

    operations = [
        migrations.AlterField(
            model_name="moneylimit",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("online", "Online"),
                    ("counter", "At the counter"),
                    ("standing", "Standing orders"),
                    ("closing", "Closing an account"),
                ],
                default="",
                max_length=16,
            ),
        ),
    ]
