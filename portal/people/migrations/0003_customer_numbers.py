from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Reverse


class Migration(migrations.Migration):
    dependencies = [("people", "0002_trail")]
    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE people_customer_number_seq AS bigint START 100001",
            reverse_sql="DROP SEQUENCE people_customer_number_seq",
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="people_customer_phone_end"),
        ),
    ]
