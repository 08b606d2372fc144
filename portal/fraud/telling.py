"""Rules and features in plain words; amounts in the institution's currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.base.money import Money
from portal.fraud.models import Condition, Level

_SENTENCES: dict[str, Callable[[Mapping[str, int]], str]] = {
    Condition.AMOUNT: lambda told: "An amount",
    Condition.TIMES_USUAL: lambda told: f"{told['times']:,} times the account's own average or more",
    Condition.VELOCITY: lambda told: f"{told['count']} movements or more within 24 hours",
    Condition.SPEND: lambda told: "Everything moved within 24 hours",
    Condition.NEW_BENEFICIARY: lambda told: "A receiver never paid before",
    Condition.UNUSUAL_HOUR: lambda told: f"Between {told['from_hour']:02}:00 and {told['to_hour']:02}:00",
    Condition.DORMANT: lambda told: f"After {told['days']:,} days without a movement or more",
    Condition.EMPTIED: lambda told: f"{told['percent']} % of the balance or more",
    Condition.FAILED_PINS: lambda told: f"{told['count']} wrong PINs or more shortly before",
    Condition.NEW_DEVICE: lambda told: f"A device known for less than {told['hours']} hours",
    Condition.MODEL: lambda told: f"The model finds it {Level(told['level']).label.lower()} or worse",
}


def in_words(condition: str, parameters: Mapping[str, int], currency: str) -> str:
    """What a rule looks at; `currency` is the institution's, without one amounts stand in minor units."""
    sentence = _SENTENCES[condition](parameters).replace("critical or worse", "critical")
    least = parameters.get("amount_minor")
    if not least:
        return sentence
    return f"{sentence}, from {Money(least, currency) if currency else f'{least:,} minor units'} on"


FEATURES_IN_WORDS: dict[str, str] = {
    "amount": "Amount",
    "hour_of_day": "Hour of the day",
    "day_of_week": "Day of the week",
    "days_since_last_transaction": "Days since the last movement",
    "transactions_last_24h": "Movements within 24 hours",
    "amount_vs_avg_ratio": "Amount beside the account's average",
    "account_age_days": "Age of the account",
    "is_weekend": "Weekend",
    "velocity_score": "Movements beside the usual number",
    "times_spread": "Amount beside the account's own amounts",
    "times_day": "Money of 24 hours beside a usual day",
    "hour_rarity": "How rare the hour is for the account",
    "times_kind": "Amount beside others of its kind",
    "surprise_24h": "Unusual amounts within 24 hours",
    "surprise_kind_24h": "Large amounts of their kind within 24 hours",
    "balance_share": "Share of the balance",
}
"""What each feature of the forests is called on pages."""
