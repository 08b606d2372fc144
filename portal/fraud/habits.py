"""What an account is used to, kept in constant room, and what a movement looks like beside it. No database here.

One path serves the gate, one movement at a time, and the batch over history: `features` reads a habit, `learn` adds the
movement to it afterwards. So no feature can see the movement's future, nor the movement itself where it speaks of the past.
Figures are statistics of amounts in major units, never money: nothing is posted from them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.fraud.norms import NO_NORMS, Norms

NINE = (
    "amount",
    "hour_of_day",
    "day_of_week",
    "days_since_last_transaction",
    "transactions_last_24h",
    "amount_vs_avg_ratio",
    "account_age_days",
    "is_weekend",
    "velocity_score",
)
"""The nine features by their customary names."""
TIMES = (
    "times_spread",
    "times_day",
    "hour_rarity",
    "times_kind",
    "surprise_24h",
    "surprise_kind_24h",
    "balance_share",
)
"""One-sided multiples of a habit: large is unusual, one or below is nothing."""
MORE = (
    "log_amount",
    "own_z",
    "kind_z",
    "own_kind_z",
    "burst",
    "last_hour",
    "week_spend",
    "kind_hour_rarity",
    "new_peer",
    "movements",
    "usual_a_day",
    "rare_hours_24h",
    "spent_24h",
)
"""What the ranker reads beside the others."""
FEATURES = NINE + TIMES + MORE

KEPT_DECIMALS = 6
"""How many decimals of a figure are kept with a movement."""
DAY, HOUR = 86_400.0, 3_600.0
MOST_RECENT, MOST_PEERS = 60, 200
_SHRINK = 5.0
_LEAST_VARIANCE = 0.05
_MOST_Z = 6.0
_HALF_LIFE_SURPRISE = 12 * HOUR
_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Moving:
    """One movement as the gate sees it. `amount` in major units, `at` in the institution's own time zone.

    `kind` says what it is and by which way it came (`transfer:online`); `peer` is the ledger account of the other side.
    """

    at: datetime
    amount: float
    kind: str
    opened_on: date
    balance: float = 0.0
    peer: int | None = None


@dataclass(slots=True)
class Habit:
    """What is remembered of an account's movements in one direction: sums that need no history.

    `recent` holds moment and amount of the last 24 hours (sixty at most), `kinds` number and sum of logarithms of each
    kind, the decayed sums their moment in `last`.
    """

    movements: int = 0
    total: float = 0.0
    logs: float = 0.0
    log_squares: float = 0.0
    first: float = 0.0
    last: float = 0.0
    week: float = 0.0
    surprise: float = 0.0
    surprise_kind: float = 0.0
    rare_hours: float = 0.0
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    recent: list[list[float]] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=dict)
    peers: list[int] = field(default_factory=list)

    @classmethod
    def from_state(cls, state: Mapping[str, Any] | None) -> Habit:
        """A habit as it was kept; an empty one for an account that never moved."""
        return cls(**state) if state else cls()

    def state(self) -> dict[str, Any]:
        """Plain values for the database. By hand: `dataclasses.asdict` takes a hundred times as long, at each movement."""
        copies = {"hours": [*self.hours], "recent": [*self.recent], "kinds": {**self.kinds}, "peers": [*self.peers]}
        return {name: getattr(self, name) for name in self.__slots__} | copies


def features(habit: Habit, moving: Moving, norms: Norms = NO_NORMS) -> dict[str, float]:
    """Every feature of a movement, from what was before it."""
    moment, amount = moving.at.timestamp(), moving.amount
    found = _nine(habit, moving, moment)
    usual_a_day, usual_count = _usual(habit, moment, amount)
    own = _own_spread(habit, norms)
    log_amount = math.log1p(amount)
    own_z = (log_amount - own[0]) / own[1]
    kind_z = norms.z(moving.kind, log_amount)
    hour_rarity = _hour_rarity(habit, moving.at.hour)
    spent, past = _last_24h(habit, moment), _faded(habit, moment)
    found |= {
        "times_spread": math.exp(min(own_z, _MOST_Z)),
        "times_day": (spent[1] + amount) / usual_a_day,
        "hour_rarity": hour_rarity,
        "times_kind": math.exp(min(kind_z, _MOST_Z)),
        "surprise_24h": past[0] + max(own_z, 0.0) ** 2,
        "surprise_kind_24h": past[1] + max(kind_z, 0.0) ** 2,
        "balance_share": min(amount / moving.balance, 1.0) if moving.balance > 0 else 0.0,
        "log_amount": log_amount,
        "own_z": own_z,
        "kind_z": kind_z,
        "own_kind_z": _own_kind_z(habit, moving.kind, log_amount, own),
        "burst": (spent[0] + 1) / usual_count,
        "last_hour": float(sum(1 for when, _ in habit.recent if 0 <= moment - when < HOUR)),
        "week_spend": (habit.week * _fading(habit, moment, _WEEK) + amount) / (usual_a_day * 7 + 1),
        "kind_hour_rarity": norms.hour_rarity(moving.kind, moving.at.hour),
        "new_peer": float(moving.peer is not None and moving.peer not in habit.peers),
        "movements": float(habit.movements),
        "usual_a_day": usual_a_day,
        "spent_24h": spent[1],
        "rare_hours_24h": past[2] + max(math.log(max(hour_rarity, 1e-3)), 0.0),
    }
    return found


def learn(habit: Habit, moving: Moving, found: Mapping[str, float]) -> None:
    """Add a movement, whose features were found before, to what the account is used to."""
    moment, amount = moving.at.timestamp(), moving.amount
    log_amount = found["log_amount"]
    habit.week = habit.week * _fading(habit, moment, _WEEK) + amount
    habit.surprise, habit.surprise_kind = found["surprise_24h"], found["surprise_kind_24h"]
    habit.rare_hours = found["rare_hours_24h"]
    habit.first = habit.first if habit.movements else moment
    habit.last = max(habit.last, moment)
    habit.movements += 1
    habit.total += amount
    habit.logs += log_amount
    habit.log_squares += log_amount * log_amount
    habit.hours[moving.at.hour] += 1
    habit.recent = [[when, much] for when, much in habit.recent if moment - when < DAY][1 - MOST_RECENT :]
    habit.recent.append([moment, amount])
    known = habit.kinds.get(moving.kind, [0, 0.0])
    habit.kinds[moving.kind] = [known[0] + 1, known[1] + log_amount]
    if moving.peer is not None and moving.peer not in habit.peers:
        habit.peers = [*habit.peers[1 - MOST_PEERS :], moving.peer]


def _nine(habit: Habit, moving: Moving, moment: float) -> dict[str, float]:
    average = habit.total / habit.movements if habit.movements else moving.amount
    count = _last_24h(habit, moment)[0]
    return {
        "amount": moving.amount,
        "hour_of_day": float(moving.at.hour),
        "day_of_week": float(moving.at.weekday()),
        "days_since_last_transaction": max(moment - habit.last, 0.0) / DAY if habit.movements else 0.0,
        "transactions_last_24h": float(count),
        "amount_vs_avg_ratio": moving.amount / average if average else 1.0,
        "account_age_days": float(max((moving.at.date() - moving.opened_on).days, 0)),
        "is_weekend": float(moving.at.weekday() > 4),
        "velocity_score": count / _usual(habit, moment, moving.amount)[1],
    }


def _usual(habit: Habit, moment: float, amount: float) -> tuple[float, float]:
    """What the account moves on a usual day, and how often; a newcomer's first movement counts as usual."""
    days = max((moment - habit.first) / DAY, 1.0)
    spend = habit.total / days if habit.movements else amount
    return max(spend, 1.0), max(habit.movements / days, 0.2)


def _own_spread(habit: Habit, norms: Norms) -> tuple[float, float]:
    """Mean and spread of the logarithm of this account's amounts, shrunk towards what all accounts do."""
    total = habit.movements + _SHRINK
    mean = (habit.logs + _SHRINK * norms.mean) / total
    second = (habit.log_squares + _SHRINK * (norms.spread**2 + norms.mean**2)) / total
    return mean, math.sqrt(max(second - mean * mean, _LEAST_VARIANCE))


def _own_kind_z(habit: Habit, kind: str, log_amount: float, own: tuple[float, float]) -> float:
    count, logs = habit.kinds.get(kind, (0, 0.0))
    return (log_amount - (logs + 2 * own[0]) / (count + 2)) / own[1]


def _hour_rarity(habit: Habit, hour: int) -> float:
    """How many times rarer this hour is than an hour is on average; near 1 for a newcomer."""
    near = habit.hours[hour] + 0.5 * (habit.hours[hour - 1] + habit.hours[(hour + 1) % 24])
    return (habit.movements + 3.0) / (near + 1.0) / 12.0


def _last_24h(habit: Habit, moment: float) -> tuple[int, float]:
    within = [amount for when, amount in habit.recent if moment - when < DAY]
    return len(within), sum(within)


def _fading(habit: Habit, moment: float, span: float) -> float:
    return math.exp(-max(moment - habit.last, 0.0) / span) if habit.movements else 0.0


def _faded(habit: Habit, moment: float) -> tuple[float, float, float]:
    """The surprises so far, halved every twelve hours."""
    left = _fading(habit, moment, _HALF_LIFE_SURPRISE / math.log(2))
    return habit.surprise * left, habit.surprise_kind * left, habit.rare_hours * left
