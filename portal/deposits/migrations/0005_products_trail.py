from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """Terms are written once; a product's way from state to state and the steps of its rates are kept like them."""

    dependencies = [("deposits", "0004_products"), ("audit", "0002_trail")]
    operations = [
        append_only("deposits_terms"),
        watch("deposits_ratetier"),
        append_only("deposits_ratetier"),
        append_only("deposits_productchange"),
    ]
