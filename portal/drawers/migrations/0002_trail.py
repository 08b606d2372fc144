from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("drawers", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        watch("drawers_drawer"),
        watch("drawers_drawersession"),
        append_only("drawers_drawercount"),
        append_only("drawers_drawercountline"),
        append_only("drawers_variance"),
        append_only("drawers_cashmovement"),
    ]
