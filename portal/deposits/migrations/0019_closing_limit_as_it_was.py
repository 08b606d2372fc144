"""Up to which balance one person closes an account becomes a limit like others; what was fixed until now stays in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import migrations
from django.db.models import Max
from django.utils import timezone

from portal.base.money import exponent

_UNTIL_NOW = 1_000


def keep_what_was_fixed(apps: Any, schema_editor: Any) -> None:
    """An institution that runs already goes on closing as it did."""
    day = apps.get_model("institution", "Branch").objects.aggregate(day=Max("business_date"))["day"]
    ours = apps.get_model("institution", "Institution").objects.first()
    if day is None or ours is None:
        return
    at: datetime = timezone.now()
    apps.get_model("deposits", "MoneyLimit").objects.create(
        channel="closing",
        currency=ours.currency,
        at_once_minor=_UNTIL_NOW * 10 ** exponent(ours.currency),
        beyond="ask",
        effective_from=day,
        reason="As it was before it became a limit",
        at=at,
    )


class Migration(migrations.Migration):
    dependencies = [("deposits", "0018_limits_on_closing"), ("institution", "0001_initial")]

    operations = [migrations.RunPython(keep_what_was_fixed, migrations.RunPython.noop)]
