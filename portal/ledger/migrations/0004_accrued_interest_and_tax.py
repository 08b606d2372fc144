from django.db import migrations

ADD = """
INSERT INTO ledger_account (branch_id, code, name, kind, currency, normal_side, parent_id, is_header, allows_manual,
                            tracked, floor_minor, is_active)
SELECT parent.branch_id, line.code, line.name, 'liability', parent.currency, 'C', parent.id, false, false, false, NULL, true
  FROM ledger_account AS parent
 CROSS JOIN (VALUES ('2020', 'Interest earned by members, not yet posted'),
                    ('2030', 'Withholding tax to pay')) AS line(code, name)
 WHERE parent.code = '2000'
ON CONFLICT (branch_id, code) DO NOTHING
"""


class Migration(migrations.Migration):
    """Branches made before get the two lines that interest needs: what is set aside for it, and the tax kept back of it."""

    dependencies = [("ledger", "0003_no_shadows")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
