from datetime import UTC, date, datetime
from typing import Any

from django.db import migrations

FIRST_DAY = date(2000, 1, 1)
WHY = "What the portal comes with"
ALLOW, STEP_UP, HOLD = 0, 1, 2
RULES = [
    # code, name, condition, parameters, channel, on_incoming, weight, verdict
    ("large", "Large amount", "amount", {"amount_minor": 2_000_000}, "", False, 40, ALLOW),
    ("new-receiver", "New receiver", "new_beneficiary", {"amount_minor": 500_000}, "online", False, 30, STEP_UP),
    (
        "night",
        "At night",
        "unusual_hour",
        {"from_hour": 0, "to_hour": 5, "amount_minor": 200_000},
        "online",
        False,
        30,
        STEP_UP,
    ),
    ("burst", "Burst of movements", "velocity", {"count": 8}, "online", False, 40, ALLOW),
    ("rested", "Long rest", "dormant", {"days": 180, "amount_minor": 100_000}, "", False, 30, ALLOW),
    ("emptied", "Account emptied", "emptied", {"percent": 90, "amount_minor": 200_000}, "online", False, 30, ALLOW),
    ("wrong-pins", "Wrong PINs", "failed_pins", {"count": 2}, "online", False, 40, HOLD),
    ("new-device", "New device", "new_device", {"hours": 48, "amount_minor": 200_000}, "online", False, 30, STEP_UP),
    (
        "many-times",
        "Far above the average",
        "times_usual",
        {"times": 20, "amount_minor": 500_000},
        "online",
        False,
        60,
        HOLD,
    ),
    ("model-critical", "The model finds it critical", "model", {"level": 3}, "online", False, 60, HOLD),
]


def add(apps: Any, schema_editor: Any) -> None:
    RuleVersion = apps.get_model("fraud", "RuleVersion")
    names = ("code", "name", "condition", "parameters", "channel", "on_incoming", "weight", "verdict")
    RuleVersion.objects.bulk_create(
        RuleVersion(
            **dict(zip(names, rule, strict=True)),
            effective_from=FIRST_DAY,
            reason=WHY,
            at=datetime(2000, 1, 1, tzinfo=UTC),
        )
        for rule in RULES
    )


class Migration(migrations.Migration):
    """The rules a new institution begins with: dated like any other, so that every later version stands beside them."""

    dependencies = [("fraud", "0002_trail")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
