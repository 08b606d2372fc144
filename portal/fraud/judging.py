"""What the rules of the gate say about one movement. No database here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.base.money import Money, exponent
from portal.fraud.models import Condition, Level, RuleVersion, Verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """What rules look at: the movement, its features, and what is known of the person who moves it.

    `wrong_pins` and `device_hours` are None where nobody types a PIN or no browser is at work. `level` is None without a
    model.
    """

    amount: Money
    channel: str
    is_incoming: bool
    hour: int
    figures: Mapping[str, float]
    level: Level | None = None
    wrong_pins: int | None = None
    device_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that spoke, and its reason in plain words."""

    code: str
    name: str
    words: str
    weight: int
    verdict: Verdict

    def plain(self) -> dict[str, Any]:
        return {"code": self.code, "name": self.name, "words": self.words, "weight": self.weight}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number a condition needs: its name, its label, whether it is an amount, its bounds, or what it may be."""

    name: str
    label: str
    is_amount: bool = False
    least: int = 0
    most: int = 10**12
    choices: tuple[tuple[int, str], ...] = ()


_FROM = Parameter("amount_minor", "From this amount", is_amount=True)
PARAMETERS: dict[str, tuple[Parameter, ...]] = {
    Condition.AMOUNT: (_FROM,),
    Condition.TIMES_USUAL: (Parameter("times", "Times the average", least=2, most=10_000), _FROM),
    Condition.VELOCITY: (Parameter("count", "Movements in 24 hours", least=2, most=60),),
    Condition.SPEND: (_FROM,),
    Condition.NEW_BENEFICIARY: (_FROM,),
    Condition.UNUSUAL_HOUR: (
        Parameter("from_hour", "From this hour", most=23),
        Parameter("to_hour", "Until this hour", most=24),
        _FROM,
    ),
    Condition.DORMANT: (Parameter("days", "Days without a movement", least=7, most=3650), _FROM),
    Condition.EMPTIED: (Parameter("percent", "Percent of the balance", least=10, most=100), _FROM),
    Condition.FAILED_PINS: (Parameter("count", "Wrong PINs in a row", least=1, most=20),),
    Condition.NEW_DEVICE: (Parameter("hours", "Device known for fewer hours than", least=1, most=720), _FROM),
    Condition.MODEL: (
        Parameter(
            "level",
            "From this level on",
            least=Level.MEDIUM,
            most=Level.CRITICAL,
            choices=tuple((level.value, str(level.label)) for level in Level if level),
        ),
    ),
}
"""What each condition is told."""


def fired(rules: Sequence[RuleVersion], seen: Seen) -> list[Fired]:
    """The rules that speak about this movement, the heaviest first."""
    found = []
    for rule in rules:
        words = _says(rule, seen)
        if words:
            found.append(Fired(rule.code, rule.name, words, rule.weight, Verdict(rule.verdict)))
    return sorted(found, key=lambda each: (-each.verdict, -each.weight, each.code))


def held_by_case(number: int) -> Fired:
    """What a case says that holds whatever leaves its customer's accounts: everything waits."""
    words = f"Case {number} holds what leaves this member's accounts"
    return Fired(code="", name="Movements held", words=words, weight=0, verdict=Verdict.HOLD)


def level_of(found: Sequence[Fired], level: Level | None) -> Level:
    """How suspicious it all is: the model's level, or what the weights of the rules come to, whichever is more."""
    weight = sum(each.weight for each in found)
    by_rules = (
        Level.CRITICAL if weight >= 100 else Level.HIGH if weight >= 60 else Level.MEDIUM if weight else Level.LOW
    )
    return max(level or Level.LOW, by_rules)


def verdict_of(found: Sequence[Fired]) -> Verdict:
    """The severest of what the rules want."""
    return max((each.verdict for each in found), default=Verdict.ALLOW)


def _says(rule: RuleVersion, seen: Seen) -> str:
    if seen.is_incoming and not rule.on_incoming:
        return ""
    if rule.channel and rule.channel != seen.channel:
        return ""
    least = rule.parameters.get("amount_minor", 0)
    if rule.condition != Condition.SPEND and seen.amount.minor < least:
        return ""
    return _CONDITIONS[Condition(rule.condition)](rule.parameters, seen)


def _amount(told: Mapping[str, int], seen: Seen) -> str:
    return f"{seen.amount} at once; the rule begins at {Money(told['amount_minor'], seen.amount.currency)}"


def _times_usual(told: Mapping[str, int], seen: Seen) -> str:
    times = seen.figures["amount_vs_avg_ratio"]
    enough = seen.figures["movements"] >= 3 and times >= told["times"]
    return f"{times:,.0f} times what this account moves on average" if enough else ""


def _velocity(told: Mapping[str, int], seen: Seen) -> str:
    count = int(seen.figures["transactions_last_24h"]) + 1
    return f"{count} movements within 24 hours" if count >= told["count"] else ""


def _spend(told: Mapping[str, int], seen: Seen) -> str:
    minor_in_major = 10 ** exponent(seen.amount.currency)
    minor = round(seen.figures["spent_24h"] * minor_in_major) + seen.amount.minor
    return f"{Money(minor, seen.amount.currency)} within 24 hours" if minor >= told["amount_minor"] else ""


def _new_beneficiary(told: Mapping[str, int], seen: Seen) -> str:
    return f"{seen.amount} to a receiver this account never paid before" if seen.figures["new_peer"] else ""


def _unusual_hour(told: Mapping[str, int], seen: Seen) -> str:
    since, until = told["from_hour"], told["to_hour"]
    inside = since <= seen.hour < until if since < until else seen.hour >= since or seen.hour < until
    return f"Made at {seen.hour:02}:00, between {since:02}:00 and {until:02}:00" if inside else ""


def _dormant(told: Mapping[str, int], seen: Seen) -> str:
    days = int(seen.figures["days_since_last_transaction"])
    return f"The account had rested for {days} days" if days >= told["days"] else ""


def _emptied(told: Mapping[str, int], seen: Seen) -> str:
    share = seen.figures["balance_share"]
    return f"Takes {share:.0%} of what the account holds" if share * 100 >= told["percent"] else ""


def _failed_pins(told: Mapping[str, int], seen: Seen) -> str:
    wrong = seen.wrong_pins or 0
    return f"{wrong} wrong PINs shortly before" if wrong >= told["count"] else ""


def _new_device(told: Mapping[str, int], seen: Seen) -> str:
    hours = seen.device_hours
    return f"From a device first used {hours:.0f} hours ago" if hours is not None and hours < told["hours"] else ""


def _model(told: Mapping[str, int], seen: Seen) -> str:
    level = seen.level
    return f"The model finds it {level.label.lower()}" if level is not None and level >= told["level"] else ""


_CONDITIONS: dict[Condition, Callable[[Mapping[str, int], Seen], str]] = {
    Condition.AMOUNT: _amount,
    Condition.TIMES_USUAL: _times_usual,
    Condition.VELOCITY: _velocity,
    Condition.SPEND: _spend,
    Condition.NEW_BENEFICIARY: _new_beneficiary,
    Condition.UNUSUAL_HOUR: _unusual_hour,
    Condition.DORMANT: _dormant,
    Condition.EMPTIED: _emptied,
    Condition.FAILED_PINS: _failed_pins,
    Condition.NEW_DEVICE: _new_device,
    Condition.MODEL: _model,
}
