"""A rule as people read it: what it says, what each version changed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from portal.approvals.acts import Difference
from portal.base.differences import differing
from portal.fraud.models import Alert, Case, RuleVersion
from portal.fraud.queries.force import rule_history
from portal.fraud.telling import in_words
from portal.institution.queries import profile

LOOKS_BACK = timedelta(days=90)
_KEPT = ("code", "name", "condition", "parameters", "channel", "weight", "verdict")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule, and what it changed of the one before."""

    rule: RuleVersion
    changes: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule with its versions, the newest first, and how often it stood behind an alert lately.

    `rule` is the version in force, or the first that is to come; `coming` those that begin later.
    """

    rule: RuleVersion
    facts: Sequence[tuple[str, str]]
    coming: Sequence[RuleVersion]
    versions: Sequence[Version]
    alerts: int
    decided: int
    fraud: int


def drafted(plain: Mapping[str, Any]) -> RuleVersion:
    """A rule in plain values as a version that nobody keeps."""
    rule = RuleVersion(**{name: plain[name] for name in _KEPT}, on_incoming=bool(plain["on_incoming"]))
    rule.is_on = bool(plain.get("is_on", True))
    if "effective_from" in plain:
        rule.effective_from = date.fromisoformat(plain["effective_from"])
    return rule


def told(condition: str, parameters: Mapping[str, int]) -> str:
    """A condition with its numbers, in a line."""
    ours = profile()
    return in_words(condition, parameters, ours.currency if ours else "")


def facts_of(rule: RuleVersion) -> dict[str, str]:
    """What a version says, by label."""
    return {
        "Name": rule.name,
        "Looks at": told(rule.condition, rule.parameters),
        "Channel": rule.channel_words,
        "Incoming money": "looked at too" if rule.on_incoming else "not looked at",
        "Does": rule.get_verdict_display(),
        "Weight": f"{rule.weight} of 100",
        "State": "on" if rule.is_on else "off",
        "Begins": f"{rule.effective_from.day} {rule.effective_from:%B %Y}",
    }


def compared(before: RuleVersion | None, after: RuleVersion) -> list[Difference]:
    """What is said after beside what was said before, each label; all of it is new where nothing was before."""
    old, new = facts_of(before) if before else {}, facts_of(after)
    return [Difference(label, old.get(label, "–"), value) for label, value in new.items()]


def changed(before: RuleVersion | None, after: RuleVersion) -> list[Difference]:
    """What a version changed of the one before; nothing where there was none. When it begins is told beside it."""
    rows = differing(facts_of(before), facts_of(after)) if before else []
    return [Difference(*row) for row in rows if row[0] != "Begins"]


def card_of(code: str, *, at: datetime) -> RuleCard | None:
    """The card of a rule; None where nobody ever set one of this code."""
    versions = list(rule_history(code))
    if not versions:
        return None
    day = at.date()
    begun = [each for each in versions if each.effective_from <= day]
    # As the gate chooses: the latest day counts, and of one day the version that was set last.
    rule = max(begun, key=lambda each: (each.effective_from, each.pk)) if begun else versions[-1]
    behind = Alert.objects.filter(rules__contains=[{"code": code}], at__gt=at - LOOKS_BACK)
    counts = behind.aggregate(
        alerts=Count("pk"),
        decided=Count("pk", filter=~Q(case__state=Case.State.OPEN)),
        fraud=Count("pk", filter=Q(case__state=Case.State.FRAUD)),
    )
    return RuleCard(
        rule=rule,
        facts=[(label, text) for label, text in facts_of(rule).items() if label != "Name"],
        coming=[each for each in versions if each.effective_from > day],
        versions=[Version(new, changed(old, new)) for new, old in zip(versions, [*versions[1:], None], strict=True)],
        **counts,
    )
