from django.db import migrations

from portal.audit.operations import watch
from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        run_sql_file(__file__, "guards.sql"),
        run_sql_file(__file__, "post_plain.sql"),
        run_sql_file(__file__, "post_entries.sql"),
        run_sql_file(__file__, "holds.sql"),
        run_sql_file(__file__, "proof.sql"),
        watch("ledger_account"),
        watch("ledger_period"),
    ]
