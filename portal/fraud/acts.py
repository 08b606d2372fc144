"""Rules of the gate: what a second person must allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.fraud.models import RuleVersion
from portal.fraud.rulebook import compared, drafted
from portal.fraud.services.rules import RULE, check_rule, set_rule


@act(RULE, title="Rule of the gate", asks=Capability.FRAUD_RULE_EDIT, capability=Capability.FRAUD_RULE_APPROVE)
class RuleChange(Act):
    """Another version of a rule, or a new one, from a day on."""

    def check(self, payload: Payload) -> None:
        if date.fromisoformat(payload["effective_from"]) < date.fromisoformat(payload["asked_on"]):
            raise Refused("The day it should begin is over. Ask again.", code="past", field="effective_from")
        check_rule(**{name: payload[name] for name in ("code", "condition", "parameters", "weight", "verdict")})

    def diff(self, payload: Payload) -> Sequence[Difference]:
        now = RuleVersion.objects.filter(code=payload["code"]).order_by("-pk").first()
        return [*compared(now, drafted(payload)), *_trial(payload)]

    def summary(self, payload: Payload) -> str:
        return f"Rule “{payload['name']}” from {date.fromisoformat(payload['effective_from']):%d %B %Y}"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        rule = set_rule(
            code=payload["code"],
            name=payload["name"],
            condition=payload["condition"],
            parameters=payload["parameters"],
            channel=payload["channel"],
            on_incoming=bool(payload["on_incoming"]),
            weight=payload["weight"],
            verdict=payload["verdict"],
            is_on=bool(payload["is_on"]),
            effective_from=max(date.fromisoformat(payload["effective_from"]), at.date()),
            reason=payload["reason"],
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"rule": rule.pk}


def _trial(payload: Payload) -> list[Difference]:
    """What the trial on the past found, as whoever asked has read it."""
    found = payload.get("tried")
    if not found:
        return []
    told = f"speaks {found['fired']:,} times on {found['seen']:,} movements; {found['true']:,} were fraud"
    return [Difference("On the last 90 days", "–", told)]
