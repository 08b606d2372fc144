from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_customer_numbers")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
