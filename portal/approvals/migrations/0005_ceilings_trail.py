"""A bound is never rewritten: another is set from a day on."""

from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_ceilings"), ("audit", "0002_trail")]
    operations = [
        watch("approvals_ceiling"),
        watch("approvals_userlimit"),
        append_only("approvals_ceiling"),
        append_only("approvals_userlimit"),
    ]
