from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("activation", "Opening an account"),
    ("withdrawal", "Withdrawal"),
    ("transfer", "Transfer to another customer"),
    ("statement", "Statement on request"),
    ("certificate", "Certificate of balance"),
    ("cheque", "Returned cheque"),
    ("cheque_book", "Cheque book"),
    ("monthly", "Monthly fee"),
    ("minimum_balance", "Below the minimum balance"),
    ("closure", "Early closure"),
    ("overdraft", "Overdraft interest"),
    ("adjustment", "Interest taken back"),
]
SET_UP = tuple(kind for kind, _ in KINDS[:9])


class Migration(migrations.Migration):
    """A cheque book may cost something."""

    dependencies = [("deposits", "0023_returned_cheque_charge")]

    operations = [
        migrations.AlterField(
            model_name="servicecharge", name="kind", field=models.CharField(choices=KINDS, max_length=16)
        ),
        migrations.AlterField(
            model_name="takencharge", name="kind", field=models.CharField(choices=KINDS, max_length=16)
        ),
        migrations.RemoveConstraint(model_name="servicecharge", name="deposits_charge_kind"),
        migrations.AddConstraint(
            model_name="servicecharge",
            constraint=models.CheckConstraint(condition=Q(kind__in=SET_UP), name="deposits_charge_kind"),
        ),
    ]
