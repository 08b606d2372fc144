"""Branches that were opened before get the lines that loans need."""

from django.db import migrations

ADD = """
INSERT INTO ledger_account (branch_id, code, name, kind, currency, normal_side, parent_id, is_header, allows_manual,
                            tracked, floor_minor, is_active)
SELECT parent.branch_id, line.code, line.name, line.kind, parent.currency, line.side, parent.id, line.is_header, false,
       false, NULL, true
  FROM (VALUES ('1200', 'Loans to members', 'asset', 'D', '1000', true),
               ('1210', 'Interest due on loans', 'asset', 'D', '1000', false),
               ('1220', 'Penalties due on loans', 'asset', 'D', '1000', false),
               ('1230', 'Fees due on loans', 'asset', 'D', '1000', false),
               ('1290', 'Provision for loan losses', 'asset', 'D', '1000', false),
               ('2050', 'Interest in suspense', 'liability', 'C', '2000', false),
               ('2060', 'Overpaid on loans, to be given back', 'liability', 'C', '2000', false),
               ('4040', 'Interest on loans', 'income', 'C', '4000', false),
               ('4050', 'Penalties on loans', 'income', 'C', '4000', false),
               ('4060', 'Recovered from loans written off', 'income', 'C', '4000', false),
               ('5020', 'Set aside for loan losses', 'expense', 'D', '5000', false),
               ('5030', 'Loans written off', 'expense', 'D', '5000', false)
       ) AS line (code, name, kind, side, under, is_header)
  JOIN ledger_account AS parent ON parent.code = line.under AND parent.is_header
    ON CONFLICT (branch_id, code) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_closed_first")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
