"""What is done to people stands in the trail; who moved whom is never rewritten."""

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("administration", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("administration_invitation", redact=["token_hash"]),
        watch("administration_suspension"),
        watch("administration_rolechange"),
        watch("administration_passworddemand"),
        append_only("administration_rolechange"),
        append_only("administration_passworddemand"),
    ]
