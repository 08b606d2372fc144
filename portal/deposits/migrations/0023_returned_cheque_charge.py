from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0022_cheques_trail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="servicecharge",
            name="kind",
            field=models.CharField(
                choices=[
                    ("activation", "Opening an account"),
                    ("withdrawal", "Withdrawal"),
                    ("transfer", "Transfer to another customer"),
                    ("statement", "Statement on request"),
                    ("certificate", "Certificate of balance"),
                    ("cheque", "Returned cheque"),
                    ("monthly", "Monthly fee"),
                    ("minimum_balance", "Below the minimum balance"),
                    ("closure", "Early closure"),
                    ("overdraft", "Overdraft interest"),
                    ("adjustment", "Interest taken back"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="takencharge",
            name="kind",
            field=models.CharField(
                choices=[
                    ("activation", "Opening an account"),
                    ("withdrawal", "Withdrawal"),
                    ("transfer", "Transfer to another customer"),
                    ("statement", "Statement on request"),
                    ("certificate", "Certificate of balance"),
                    ("cheque", "Returned cheque"),
                    ("monthly", "Monthly fee"),
                    ("minimum_balance", "Below the minimum balance"),
                    ("closure", "Early closure"),
                    ("overdraft", "Overdraft interest"),
                    ("adjustment", "Interest taken back"),
                ],
                max_length=16,
            ),
        ),
    ]
