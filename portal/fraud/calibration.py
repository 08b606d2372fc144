"""Cutting scores into levels for a wanted number of alerts a day, and watching how far the features drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portal.fraud.forest import Floats

MILLION = 1_000_000
BINS = 10
DRIFT_WATCH, DRIFT_STRONG = 0.1, 0.25
"""Customary bounds of the population stability index: below the first steady, above the second another population."""
_MEDIUM_TIMES, _CRITICAL_PART = 5.0, 0.2
_LEAST_SHARE = 1e-4


@dataclass(frozen=True, slots=True)
class Scores:
    """A window's scores, and how many movements it had a day."""

    sorted: Floats
    a_day: float

    @classmethod
    def of(cls, scores: Floats, *, a_day: float) -> Scores:
        return cls(np.sort(scores), a_day)

    def thresholds(self, alerts_a_day: int) -> dict[str, int]:
        """The scores from which a movement is medium, high and critical, in millionths.

        High and critical together give `alerts_a_day` in such a window, critical a fifth of them, medium five times as
        many: quantiles, for a score by itself has no meaning that lasts.
        """
        wanted = {
            "medium": alerts_a_day * _MEDIUM_TIMES,
            "high": float(alerts_a_day),
            "critical": alerts_a_day * _CRITICAL_PART,
        }
        return {name: self._cut(count / max(self.a_day, 1e-9)) for name, count in wanted.items()}

    def _cut(self, share: float) -> int:
        """The score that this share of movements reaches; never more than half of them."""
        quantile = 1.0 - min(share, 0.5)
        return round(float(np.quantile(self.sorted, quantile, method="higher")) * MILLION)


def bins_of(rows: Floats, names: Sequence[str]) -> dict[str, Any]:
    """For each feature the inner bounds of its tenths, and the share of rows between them."""
    found: dict[str, Any] = {}
    for column, name in enumerate(names):
        edges = np.unique(np.quantile(rows[:, column], np.linspace(0, 1, BINS + 1)[1:-1]))
        found[name] = {"edges": edges.tolist(), "shares": _shares(rows[:, column], edges).tolist()}
    return found


def drift(bins: Mapping[str, Any], figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The population stability index of each feature: how far these rows lie from the window the model learned in."""
    found = {}
    for name, kept in bins.items():
        values = np.array([row[name] for row in figures if name in row], dtype=np.float64)
        if len(values):
            before = np.maximum(np.array(kept["shares"]), _LEAST_SHARE)
            after = np.maximum(_shares(values, np.array(kept["edges"])), _LEAST_SHARE)
            found[name] = float(np.sum((after - before) * np.log(after / before)))
    return found


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    return np.asarray(counts / max(len(values), 1), dtype=np.float64)
