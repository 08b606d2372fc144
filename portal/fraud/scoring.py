"""A model at work in the request: features to a score, a level, and what each feature had to do with it. Plain numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from portal.fraud.forest import Floats, Forest, unpacked
from portal.fraud.habits import FEATURES, NINE, TIMES
from portal.fraud.models import Level, ModelVersion
from portal.fraud.norms import Norms

MILLION = 1_000_000
_LEAST_CHANCE = 1e-6
WEIGHT_OF_NINE = 0.1
"""How much the forest of the nine features says beside that of the multiples: alone it finds less than plain rules do."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """Two forests and what they were learned with; a ranker where there were enough verdicts."""

    version_id: int
    norms: Norms
    times: Forest
    nine: Forest
    ranker: tuple[Forest, ...]
    thresholds: Mapping[str, int]

    @classmethod
    def of(cls, version: ModelVersion) -> Scorer:
        """The model as it was kept. Raises `Unsound` when it is not that."""
        ranker: list[Forest] = []
        if version.ranker is not None:
            ranker = unpacked(bytes(version.ranker), expected=version.ranker_hash, width=len(FEATURES))
        return cls(
            version_id=version.pk,
            norms=Norms.from_plain(version.norms),
            times=unpacked(bytes(version.forest), expected=version.forest_hash, width=len(TIMES))[0],
            nine=unpacked(bytes(version.nine), expected=version.nine_hash, width=len(NINE))[0],
            ranker=tuple(ranker),
            thresholds=version.thresholds,
        )

    def score(self, found: Mapping[str, float]) -> int:
        """One movement's score in millionths."""
        return round(float(self.scores(matrix([found]))[0]) * MILLION)

    def scores(self, rows: Floats) -> Floats:
        """Scores between 0 and 1 of rows that hold `FEATURES` in their order."""
        return combined(self.times.scores(rows[:, TIMES_COLUMNS]), self.nine.scores(rows[:, NINE_COLUMNS]))

    def rank(self, found: Mapping[str, float]) -> int | None:
        """The ranker's word in millionths; None without a ranker."""
        return round(float(ranked(self.ranker, matrix([found]))[0]) * MILLION) if self.ranker else None

    def level(self, score: int) -> Level:
        """What a score comes to."""
        for level in (Level.CRITICAL, Level.HIGH, Level.MEDIUM):
            if score >= self.thresholds[level.name.lower()]:
                return level
        return Level.LOW

    def shares(self, found: Mapping[str, float]) -> dict[str, int]:
        """How many percent of what made the score high each feature accounts for, the most first; what lowered it is left out."""
        row = matrix([found])[0]
        parts = dict.fromkeys(FEATURES, 0.0)
        for names, forest, columns, weight in (
            (TIMES, self.times, TIMES_COLUMNS, 1 - WEIGHT_OF_NINE),
            (NINE, self.nine, NINE_COLUMNS, WEIGHT_OF_NINE),
        ):
            for name, part in zip(names, forest.contributions(row[columns]), strict=True):
                parts[name] += weight * float(part)
        raised = {name: part for name, part in parts.items() if part > 0}
        whole = sum(raised.values()) or 1.0
        ordered = sorted(raised.items(), key=lambda pair: -pair[1])
        return {name: round(100 * part / whole) for name, part in ordered}


TIMES_COLUMNS = np.array([FEATURES.index(name) for name in TIMES])
NINE_COLUMNS = np.array([FEATURES.index(name) for name in NINE])


def matrix(found: Sequence[Mapping[str, Any]]) -> Floats:
    """Features by name as rows in the order of `FEATURES`."""
    return np.array([[each[name] for name in FEATURES] for each in found], dtype=np.float64)


def combined(times: Floats, nine: Floats) -> Floats:
    """One score from both forests."""
    return (1 - WEIGHT_OF_NINE) * times + WEIGHT_OF_NINE * nine


def ranked(ranker: Sequence[Forest], rows: Floats) -> Floats:
    """What the forests of a ranker say together: the geometric mean of their chances, so that all must agree."""
    logs = [np.log(np.maximum(forest.scores(rows), _LEAST_CHANCE)) for forest in ranker]
    return np.asarray(np.exp(np.mean(logs, axis=0)), dtype=np.float64)
