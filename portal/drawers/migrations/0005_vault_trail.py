from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("drawers", "0004_vault"), ("audit", "0002_trail")]
    operations = [
        watch("drawers_vaulttransfer"),
        append_only("drawers_vaultcount"),
        append_only("drawers_vaultvariance"),
        append_only("drawers_noteexchange"),
    ]
