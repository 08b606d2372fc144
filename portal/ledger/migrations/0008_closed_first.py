from django.db import migrations

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """An entry on an account that was closed while it was under way is refused as such, not as a bug."""

    dependencies = [("ledger", "0007_floor_changes")]
    operations = [run_sql_file(__file__, "closed_first.sql")]
