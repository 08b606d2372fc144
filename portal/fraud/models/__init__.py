"""What the room keeps: habits and scores, models, rules, held movements, cases with their alerts."""

from portal.fraud.models.cases import Alert, Case, CaseEvent, HeldMovement
from portal.fraud.models.knowing import AccountHabit, ModelInForce, ModelVersion, ScoredMovement
from portal.fraud.models.rules import Channel, Condition, RuleVersion
from portal.fraud.models.scales import Level, Verdict

__all__ = [
    "AccountHabit",
    "Alert",
    "Case",
    "CaseEvent",
    "Channel",
    "Condition",
    "HeldMovement",
    "Level",
    "ModelInForce",
    "ModelVersion",
    "RuleVersion",
    "ScoredMovement",
    "Verdict",
]
