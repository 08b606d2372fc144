"""Why a movement stood out, in plain words: the value, what is usual for this account, its share of the score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.base.money import Money, exponent
from portal.fraud.habits import Habit
from portal.fraud.judging import Fired

MOST_REASONS = 5
_LEAST_SHARE = 4


@dataclass(frozen=True, slots=True)
class Usual:
    """What an account is used to, in words."""

    habit: Habit
    currency: str

    def amounts(self) -> str:
        """Between what most of its amounts lie."""
        if self.habit.movements < 2:
            return "too few movements to say"
        mean = self.habit.logs / self.habit.movements
        spread = math.sqrt(max(self.habit.log_squares / self.habit.movements - mean * mean, 0.01))
        return f"{self._money(math.expm1(mean - 1.5 * spread))} to {self._money(math.expm1(mean + 1.5 * spread))}"

    def average(self) -> str:
        return self._money(self.habit.total / self.habit.movements) if self.habit.movements else "no movement yet"

    def a_day(self, now: float) -> tuple[str, str]:
        """How much and how often on a usual day."""
        days = max((now - self.habit.first) / 86_400.0, 1.0) if self.habit.movements else 1.0
        return f"{self._money(self.habit.total / days)} a day", f"{self.habit.movements / days:.1f} a day"

    def hours(self) -> str:
        """When most of its movements happen."""
        if not self.habit.movements:
            return "no movement yet"
        first = next(hour for hour in range(24) if sum(self.habit.hours[: hour + 1]) > 0.05 * self.habit.movements)
        last = next(hour for hour in range(24) if sum(self.habit.hours[: hour + 1]) >= 0.95 * self.habit.movements)
        return f"{first:02}:00 to {last + 1:02}:00"

    def _money(self, major: float) -> str:
        return str(Money(round(max(major, 0.0) * 10 ** exponent(self.currency)), self.currency))


def reasons(
    *,
    amount: Money,
    found: Mapping[str, float],
    usual: Usual,
    shares: Mapping[str, int],
    fired: Sequence[Fired],
    moment: float,
) -> list[dict[str, Any]]:
    """Rows of words, value, usual and share; rules come first and have no share. Never empty."""
    rows: list[dict[str, Any]] = [
        {"words": f"{each.name}", "value": each.words, "usual": "", "share": None, "rule": each.code} for each in fired
    ]
    said: dict[str, dict[str, Any]] = {}
    for name, share in shares.items():
        words, value, typical = _told(name, amount, found, usual, moment)
        row = said.setdefault(words, {"words": words, "value": value, "usual": typical, "share": 0, "rule": ""})
        row["share"] += share
    rows += sorted((row for row in said.values() if row["share"] >= _LEAST_SHARE), key=lambda row: -row["share"])[
        :MOST_REASONS
    ]
    if not rows:
        rows = [{"words": "Amount", "value": str(amount), "usual": usual.amounts(), "share": None, "rule": ""}]
    return rows


def _told(name: str, amount: Money, found: Mapping[str, float], usual: Usual, moment: float) -> tuple[str, str, str]:
    spend, count = usual.a_day(moment)
    value = found[name]
    told: dict[str, tuple[str, str, str]] = {
        "amount": ("The amount", str(amount), usual.amounts()),
        "times_spread": ("The amount for this account", str(amount), usual.amounts()),
        "times_kind": ("The amount for this kind of movement", f"{value:,.1f} times the usual one", "about once"),
        "amount_vs_avg_ratio": ("Times this account's average", f"{value:,.1f} times", usual.average()),
        "times_day": ("Money moved within 24 hours", f"{value:,.1f} times a usual day", spend),
        "hour_of_day": ("The hour", f"{int(value):02}:00", usual.hours()),
        "hour_rarity": ("The hour", f"{int(found['hour_of_day']):02}:00", usual.hours()),
        "surprise_24h": ("Several unusual amounts within a day", _level(value), "none"),
        "surprise_kind_24h": ("Several large amounts of their kind within a day", _level(value), "none"),
        "balance_share": ("Share of the balance", f"{value:.0%}", "a part of it"),
        "transactions_last_24h": ("Movements within 24 hours", f"{int(value) + 1}", count),
        "velocity_score": ("Movements within 24 hours", f"{int(found['transactions_last_24h']) + 1}", count),
        "days_since_last_transaction": ("Days since the last movement", f"{value:,.0f}", "regular movements"),
        "account_age_days": ("Age of the account", f"{int(value):,} days", "no matter by itself"),
        "day_of_week": ("The day of the week", _DAYS[int(found["day_of_week"])], "no matter by itself"),
        "is_weekend": ("The day of the week", _DAYS[int(found["day_of_week"])], "no matter by itself"),
    }
    return told[name]


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _level(value: float) -> str:
    return "very many" if value > 60 else "many" if value > 20 else "some" if value > 5 else "one"
