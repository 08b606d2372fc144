from django.db import migrations

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_door"), ("audit", "0003_event_at")]
    operations = [run_sql_file(__file__, "no_shadows.sql")]
