"""Branches that were opened before get the lines that susu cards, shares and dividends need."""

from django.db import migrations

ADD = """
INSERT INTO ledger_account (branch_id, code, name, kind, currency, normal_side, parent_id, is_header, allows_manual,
                            tracked, floor_minor, is_active)
SELECT parent.branch_id, line.code, line.name, line.kind, parent.currency, 'C', parent.id, false, false, false, NULL, true
  FROM (VALUES ('2040', 'Dividends to be paid', 'liability', '2000'),
               ('3020', 'Premium on shares', 'equity', '3000'),
               ('4030', 'Commission on susu cards', 'income', '4000')) AS line (code, name, kind, under)
  JOIN ledger_account AS parent ON parent.code = line.under AND parent.is_header
    ON CONFLICT (branch_id, code) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_accrued_interest_and_tax")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
