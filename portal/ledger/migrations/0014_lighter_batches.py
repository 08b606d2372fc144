from django.db import migrations

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """Batches whose entries are alike say so once and take their keys for new; both accounts of a pair are found by id."""

    dependencies = [("ledger", "0013_lighter_entries")]
    operations = [
        run_sql_file(__file__, "references.sql"),
        run_sql_file(__file__, "post_entries.sql"),
        run_sql_file(__file__, "pairs.sql"),
    ]
