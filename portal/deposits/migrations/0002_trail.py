from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("deposits_product"),
        watch("deposits_terms"),
        watch("deposits_depositaccount"),
        append_only("deposits_statechange"),
        append_only("deposits_interestposting"),
    ]
