from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("people_customer", redact=("search",)),
        watch("people_user", redact=("password",)),
        append_only("people_customerview"),
    ]
