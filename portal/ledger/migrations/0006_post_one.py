from django.db import migrations

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """The door for one entry, and fewer indexes to keep: no query asks for the beginning of a reference."""

    dependencies = [("ledger", "0005_lines_for_plans")]
    operations = [run_sql_file(__file__, "post_one.sql"), run_sql_file(__file__, "fewer_indexes.sql")]
