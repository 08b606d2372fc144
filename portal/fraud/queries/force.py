"""Which rules and which model are in force. The gate reads two stamps afresh each time and unpacks only what changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from portal.fraud.forest import Unsound
from portal.fraud.models import ModelInForce, RuleVersion
from portal.fraud.norms import NO_NORMS, Norms
from portal.fraud.scoring import Scorer

logger = logging.getLogger(__name__)

_rules: dict[tuple[int, date], tuple[RuleVersion, ...]] = {}
_scorers: dict[int, tuple[Scorer | None, str]] = {}
_MOST_KEPT = 4


@dataclass(frozen=True, slots=True)
class Force:
    """What the gate goes by now. `trouble` says why there is no scorer although a model should be in force."""

    rules: Sequence[RuleVersion]
    scorer: Scorer | None
    trouble: str

    @property
    def norms(self) -> Norms:
        """What all accounts do, as far as it was learned."""
        return self.scorer.norms if self.scorer else NO_NORMS


def force(*, rule_stamp: int | None, model_stamp: int | None, day: date) -> Force:
    """Rules and model as of the stamps, which are the newest ids of their tables."""
    scorer, trouble = _scorer(model_stamp) if model_stamp else (None, "")
    return Force(_in_force(rule_stamp or 0, day), scorer, trouble)


def force_now(day: date) -> Force:
    """The same, with the stamps read here."""
    newest_rule = RuleVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    newest_model = ModelInForce.objects.order_by("-pk").values_list("pk", flat=True).first()
    return force(rule_stamp=newest_rule, model_stamp=newest_model, day=day)


def forget() -> None:
    """Read everything anew: for tests, whose databases repeat their stamps."""
    _rules.clear()
    _scorers.clear()


def rules_present(day: date) -> list[RuleVersion]:
    """The newest version of each rule that has begun by a day, switched off ones too."""
    begun = RuleVersion.objects.filter(effective_from__lte=day).order_by("code", "-effective_from", "-pk")
    return list(begun.distinct("code").select_related("set_by", "approved_by"))


def rules_coming(day: date) -> list[RuleVersion]:
    """The versions that begin after a day, in the order of their beginnings."""
    later = RuleVersion.objects.filter(effective_from__gt=day).order_by("effective_from", "code", "pk")
    return list(later.select_related("set_by", "approved_by"))


def rule_history(code: str) -> QuerySet[RuleVersion]:
    """Every version of one rule, the newest first."""
    return RuleVersion.objects.filter(code=code).select_related("set_by", "approved_by").order_by("-pk")


def _in_force(stamp: int, day: date) -> tuple[RuleVersion, ...]:
    known = _rules.get((stamp, day))
    if known is None:
        known = tuple(rule for rule in rules_present(day) if rule.is_on)
        _keep(_rules, (stamp, day), known)
    return known


def _scorer(stamp: int) -> tuple[Scorer | None, str]:
    known = _scorers.get(stamp)
    if known is None:
        known = _unpacked(stamp)
        _keep(_scorers, stamp, known)
    return known


def _unpacked(stamp: int) -> tuple[Scorer | None, str]:
    """The model behind a stamp. One that is not sound costs nobody a movement: the rules go on without it."""
    version = ModelInForce.objects.select_related("version").get(pk=stamp).version
    try:
        return Scorer.of(version), ""
    except (Unsound, KeyError, TypeError, ValueError) as error:
        logger.exception("%s cannot be used; the rules go on without it.", version)
        why = error if isinstance(error, Unsound) else "a part of it is missing"
        return None, f"{version} cannot be used: {why}."


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    while len(kept) >= _MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = value
