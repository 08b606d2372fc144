from django.db import migrations

from portal.audit.operations import watch


class Migration(migrations.Migration):
    dependencies = [("institution", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("institution_institution"),
        watch("institution_branch"),
        watch("institution_denomination"),
    ]
