"""Setting rules: a new version from a day on, with a second person's leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.fraud.judging import PARAMETERS
from portal.fraud.models import RuleVersion, Verdict
from portal.fraud.queries.work import BACKTEST
from portal.outbox.models import Job
from portal.outbox.services import enqueue

RULE = "fraud_rule"
WHEN_IT_SPEAKS = ("condition", "parameters", "channel", "on_incoming")
"""What a trial depends on; name, weight, verdict and first day may be set afterwards."""


def check_rule(*, code: str, condition: str, parameters: Mapping[str, int], weight: int, verdict: int) -> None:
    """Refuse what is no rule: an unknown condition, numbers missing or out of bounds, another condition under a known code."""
    wanted = PARAMETERS.get(condition)
    if wanted is None:
        raise Refused("Choose what the rule looks at.", code="condition", field="condition")
    for each in wanted:
        value = parameters.get(each.name)
        if value is None or not each.least <= value <= each.most:
            raise Refused(f"{each.label}: between {each.least:,} and {each.most:,}.", code="bounds", field=each.name)
    if set(parameters) != {each.name for each in wanted}:
        raise Refused("These numbers do not belong to the condition.", code="parameters")
    if not 0 <= weight <= 100 or verdict not in Verdict.values:
        raise Refused("A weight is between 0 and 100.", code="weight", field="weight")
    known = RuleVersion.objects.filter(code=code).first()
    if known is not None and known.condition != condition:
        raise Refused("A rule keeps its condition. Make a new rule, and switch this one off.", code="condition")


@transactional
def set_rule(
    *,
    code: str,
    name: str,
    condition: str,
    parameters: Mapping[str, int],
    channel: str = "",
    on_incoming: bool = False,
    weight: int,
    verdict: int,
    is_on: bool = True,
    effective_from: date,
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> RuleVersion:
    """Write a version that counts from a day on. Rows are never edited. Refused: no reason, a day that is over, no rule."""
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if effective_from < at.date():
        raise Refused("A rule begins today or later.", code="past", field="effective_from")
    check_rule(code=code, condition=condition, parameters=parameters, weight=weight, verdict=verdict)
    return RuleVersion.objects.create(
        code=code,
        name=name.strip(),
        condition=condition,
        parameters=dict(parameters),
        channel=channel,
        on_incoming=on_incoming,
        weight=weight,
        verdict=verdict,
        is_on=is_on,
        effective_from=effective_from,
        reason=reason.strip(),
        set_by=by,
        approved_by=approved_by,
        at=at,
    )


def ask_for_rule(*, rule: Mapping[str, Any], reason: str, tried: Job | None = None, by: Any, at: datetime) -> Request:
    """Ask for a version of a rule, given in plain values; a second person decides, who reads what its trial found.

    Refused like `set_rule`, and a rule that is to speak without a trial of the same rule; switching one off needs none.
    """
    payload = {**rule, "reason": reason, "asked_on": at.date().isoformat()}
    if rule["is_on"]:
        payload["tried"] = _found(rule, tried)
    return ask(act=RULE, payload=payload, subject=str(rule["code"]), reason=reason, by=by, at=at)


def _found(rule: Mapping[str, Any], tried: Job | None) -> dict[str, int]:
    """What the trial of this very rule found."""
    asked = tried.payload["rule"] if tried is not None else {}
    if tried is None or tried.result is None or any(asked[name] != rule[name] for name in WHEN_IT_SPEAKS):
        raise Refused(
            "Try it on the last 90 days first: who approves it reads what it would have done.", code="untried"
        )
    return {name: tried.result[name] for name in ("seen", "fired", "true")}


def ask_for_backtest(*, rule: Mapping[str, Any], key: str, reason: str = "", by: Any, at: datetime) -> Job:
    """Ask the worker what a rule would have done in the last ninety days. Refused: what is no rule.

    `reason` is kept beside, for the form that asks for the rule afterwards.
    """
    names = ("code", "condition", "parameters", "weight", "verdict")
    check_rule(**{name: rule[name] for name in names})
    return enqueue(kind=BACKTEST, key=key, payload={"rule": dict(rule), "reason": reason}, by=by, at=at)
