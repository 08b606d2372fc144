from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_trail")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["at"], name="audit_event_at"),
        ),
    ]
