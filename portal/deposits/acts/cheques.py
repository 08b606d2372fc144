"""Other rules for cheques: what a second person must allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import cheques, services
from portal.deposits.models import ChequeRules
from portal.deposits.services.cheque_rules import RULES
from portal.institution.queries import latest_business_date

_ABOUT_ITSELF = ("currency", "effective_from")
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@act(RULES, title="Rules for cheques", asks=Capability.CHEQUE_RULES, capability=Capability.CHEQUE_RULES_APPROVE)
class ChequeRulesChange(Act):
    """Another hold, another age, other limits, from a day on."""

    def check(self, payload: Payload) -> None:
        if date.fromisoformat(payload["effective_from"]) < latest_business_date():
            raise Refused("The day they should begin is over. Ask again.", code="past", field="effective_from")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        day = date.fromisoformat(payload["effective_from"])
        before = told(cheques.rules_on(payload["currency"], day))
        after = told(ChequeRules(currency=payload["currency"], effective_from=day, **_values(payload)))
        return [Difference(label, before[label], after[label]) for label in before]

    def summary(self, payload: Payload) -> str:
        return (
            f"Rules for cheques in {payload['currency']} from {date.fromisoformat(payload['effective_from']):%d %B %Y}"
        )

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        made = services.set_cheque_rules(
            currency=payload["currency"],
            since=date.fromisoformat(payload["effective_from"]),
            values=_values(payload),
            reason="Approved",
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"rules": made.pk}


def _values(payload: Payload) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name not in _ABOUT_ITSELF}


def told(rules: ChequeRules) -> dict[str, str]:
    """Rules in words."""
    return {
        "Clears after": f"{rules.hold_days} working days",
        "Stale after": f"{rules.stale_months} months",
        "Working days": ", ".join(_WEEK[int(number) - 1] for number in rules.working_days),
        "Our sort codes begin with": rules.own_prefix or "–",
        "One cashier alone up to": _limit(rules.counter_limit),
        "By photograph up to": _limit(rules.phone_limit),
        "The day ends with cheques undecided": "no" if rules.blocks_day_end else "yes",
    }


def _limit(limit: Money | None) -> str:
    return "any amount" if limit is None else str(limit)
