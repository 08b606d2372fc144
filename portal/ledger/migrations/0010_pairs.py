from django.db import migrations

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """The door for one entry: a debit and a credit are posted without walking through arrays."""

    dependencies = [("ledger", "0009_lines_for_loans")]
    operations = [run_sql_file(__file__, "pairs.sql"), run_sql_file(__file__, "kinds.sql")]
