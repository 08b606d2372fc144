"""Cheques under the trail; branches that were opened before get the line in which they clear."""

from django.db import migrations

from portal.audit.operations import append_only, watch

ADD = """
INSERT INTO ledger_account (branch_id, code, name, kind, currency, normal_side, parent_id, is_header, allows_manual,
                            tracked, floor_minor, is_active)
SELECT parent.branch_id, '1920', 'Cheques in clearing', 'asset', parent.currency, 'D', parent.id, false, false, false,
       NULL, true
  FROM ledger_account AS parent WHERE parent.code = '1000' AND parent.is_header
    ON CONFLICT (branch_id, code) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0021_cheques"), ("ledger", "0005_lines_for_plans")]
    operations = [
        watch("deposits_cheque"),
        watch("deposits_bankholiday"),
        watch("deposits_chequerules"),
        watch("deposits_chequestep"),
        watch("deposits_chequereading"),
        append_only("deposits_chequestep"),
        append_only("deposits_chequereading"),
        append_only("deposits_chequerules"),
        migrations.RunSQL(ADD, migrations.RunSQL.noop),
    ]
