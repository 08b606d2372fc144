from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """What is decided and changed leaves a trail; what is done once is never changed."""

    dependencies = [("deposits", "0014_states_charges_interest"), ("audit", "0002_trail")]
    operations = [
        watch("deposits_accountholder"),
        watch("deposits_accountapplication"),
        append_only("deposits_accountedit"),
        append_only("deposits_accountclosure"),
        watch("deposits_servicecharge"),
        append_only("deposits_servicecharge"),
        append_only("deposits_chargewaiver"),
        append_only("deposits_interestrevision"),
        append_only("deposits_interestadjustment"),
        append_only("deposits_interestaccrual"),
    ]
