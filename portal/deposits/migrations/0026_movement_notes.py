"""What members note beside their movements. Their words are nobody else's: the trail keeps that they changed, not what."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from portal.audit.operations import watch


class Migration(migrations.Migration):
    dependencies = [
        ("deposits", "0025_holidays_move"),
        ("documents", "0006_handed_papers"),
        ("ledger", "0013_lighter_entries"),
        ("people", "0009_records_trail"),
    ]
    operations = [
        migrations.CreateModel(
            name="MovementNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry"),
                ),
                (
                    "picture",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.upload",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "entry"), name="deposits_movement_note_once"),
                    models.CheckConstraint(
                        condition=~Q(text="") | Q(picture__isnull=False), name="deposits_movement_note_says_something"
                    ),
                ],
            },
        ),
        watch("deposits_movementnote", redact=("text",)),
    ]
