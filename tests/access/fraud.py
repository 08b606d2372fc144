"""A case with a held movement, and a model, for the places of the world."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.fraud.models import Alert, HeldMovement, Level, ModelVersion, Verdict
from portal.fraud.services.alerting import gather, open_case
from portal.people.models import User
from tests.cast import NOW


@transaction.atomic
def fraud_things(account: DepositAccount, user: User) -> dict[str, Any]:
    """Path arguments of what is suspected around a customer."""
    case = open_case(account.customer, at=NOW)
    held = HeldMovement.objects.create(
        key_scope=f"user:{user.pk}",
        key=new_key(),
        account=account.ledger_account,
        amount_minor=5_000,
        kind="transfer:online",
        asked_by=user,
        asked_at=NOW,
    )
    alert = Alert.objects.create(
        case=case,
        account=account.ledger_account,
        held=held,
        at=NOW,
        is_incoming=False,
        kind="transfer:online",
        amount_minor=5_000,
        level=Level.HIGH,
        verdict=Verdict.HOLD,
        reasons=[{"words": "The hour", "value": "03:00", "usual": "08:00 to 18:00", "share": 40, "rule": ""}],
        figures={},
    )
    gather(case, alert, rank=None, at=NOW)
    return {"case_number": case.number, "alert_id": alert.pk, "model_number": a_model().number}


def a_model() -> ModelVersion:
    """A version that was never put in force."""
    nothing: dict[str, Any] = {"norms": {}, "thresholds": {}, "bins": {}, "forest": b"", "nine": b""}
    values = {"trained_at": NOW, "since": NOW, "until": NOW, "movements": 0, "alerts_a_day": 1, **nothing}
    return ModelVersion.objects.get_or_create(number=1, defaults=values)[0]
