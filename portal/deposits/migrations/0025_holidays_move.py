"""Bank holidays move to the institution's calendar; their own table goes."""

from django.db import migrations

MOVE = """
INSERT INTO institution_holiday (day, name, added_at, added_by_id, withdrawn_at, withdrawn_by_id)
SELECT day, name, added_at, added_by_id, withdrawn_at, withdrawn_by_id FROM deposits_bankholiday
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0024_cheque_book_charge"), ("institution", "0003_holidays")]
    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel("BankHoliday"),
    ]
