"""What all accounts together do, learned from a stretch of the past and kept with the model that was trained on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_LEAST_SPREAD, _ENOUGH = 0.1, 20


@dataclass(frozen=True, slots=True)
class Norms:
    """Mean and spread of the logarithm of amounts, over everything and by kind; each kind's share of every hour."""

    mean: float
    spread: float
    kinds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    hours: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def z(self, kind: str, log_amount: float) -> float:
        """How many spreads an amount lies above the mean of its kind; of everything for a kind nobody knew."""
        mean, spread = self.kinds.get(kind, (self.mean, self.spread))
        return (log_amount - mean) / spread

    def hour_rarity(self, kind: str, hour: int) -> float:
        """How many times rarer this hour is among movements of this kind than an hour is on average."""
        shares = self.hours.get(kind)
        return 1.0 / (24.0 * shares[hour]) if shares else 1.0

    def plain(self) -> dict[str, Any]:
        return {
            "mean": self.mean,
            "spread": self.spread,
            "kinds": {name: list(pair) for name, pair in self.kinds.items()},
            "hours": {name: list(shares) for name, shares in self.hours.items()},
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Norms:
        kinds = {str(name): (float(mean), float(spread)) for name, (mean, spread) in plain["kinds"].items()}
        hours = {str(name): [float(share) for share in shares] for name, shares in plain["hours"].items()}
        return cls(float(plain["mean"]), float(plain["spread"]), kinds, hours)


NO_NORMS = Norms(4.0, 1.5)
"""Before anything was learned: amounts around fifty, most between ten and three hundred."""


@dataclass(slots=True)
class Tally:
    """Counts movements by kind until `norms()` is asked for."""

    sums: dict[str, list[float]] = field(default_factory=dict)
    hours: dict[str, list[int]] = field(default_factory=dict)

    def add(self, kind: str, hour: int, amount: float) -> None:
        log_amount = math.log1p(amount)
        sums = self.sums.setdefault(kind, [0, 0.0, 0.0])
        sums[0] += 1
        sums[1] += log_amount
        sums[2] += log_amount * log_amount
        self.hours.setdefault(kind, [0] * 24)[hour] += 1

    def norms(self) -> Norms:
        """What was counted; kinds with too few movements are taken for like all others."""
        if not self.sums:
            return NO_NORMS
        whole = [sum(column) for column in zip(*self.sums.values(), strict=True)]
        mean, spread = _spread(whole)
        enough = [kind for kind, sums in self.sums.items() if sums[0] >= _ENOUGH]
        kinds = {kind: _spread(self.sums[kind]) for kind in enough}
        hours = {kind: [(count + 1) / (sum(self.hours[kind]) + 24) for count in self.hours[kind]] for kind in enough}
        return Norms(mean, spread, kinds, hours)


def _spread(sums: Sequence[float]) -> tuple[float, float]:
    count, total, squares = sums
    mean = total / count
    return mean, math.sqrt(max(squares / count - mean * mean, _LEAST_SPREAD**2))
