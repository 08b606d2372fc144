"""Rules of signing in are never rewritten: others are set."""

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("signin", "0005_policy"), ("audit", "0002_trail")]
    operations = [watch("signin_securitypolicy"), append_only("signin_securitypolicy")]
