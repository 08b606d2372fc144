from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("counter_visit"),
        watch("counter_visitleg"),
        append_only("counter_countertransfer"),
        append_only("counter_counterreversal"),
        append_only("counter_ticketcall"),
    ]
