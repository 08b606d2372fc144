from django.db import migrations

from portal.audit.operations import append_only, watch


class Migration(migrations.Migration):
    """Habits are written with every movement and told by the journal: they alone are neither watched nor append-only."""

    dependencies = [("fraud", "0001_models_rules_cases"), ("audit", "0002_trail")]
    operations = [
        watch("fraud_case"),
        watch("fraud_heldmovement"),
        append_only("fraud_ruleversion"),
        append_only("fraud_modelversion"),
        append_only("fraud_modelinforce"),
        append_only("fraud_scoredmovement"),
        append_only("fraud_alert"),
        append_only("fraud_caseevent"),
    ]
