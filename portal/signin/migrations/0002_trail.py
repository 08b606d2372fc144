from django.db import migrations

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("signin", "0001_initial"), ("audit", "0002_trail")]
    operations = [append_only("signin_signinattempt"), append_only("signin_unlock")]
