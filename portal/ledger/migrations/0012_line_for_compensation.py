"""Branches that were opened before get the line that compensations to members are paid from."""

from django.db import migrations

ADD = """
INSERT INTO ledger_account (branch_id, code, name, kind, currency, normal_side, parent_id, is_header, allows_manual,
                            tracked, floor_minor, is_active)
SELECT parent.branch_id, '5080', 'Compensation to members', 'expense', parent.currency, 'D', parent.id, false, false, false,
       NULL, true
  FROM ledger_account AS parent
 WHERE parent.code = '5000' AND parent.is_header
    ON CONFLICT (branch_id, code) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_reopening")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
