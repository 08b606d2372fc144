"""A trained forest as plain arrays, walked level by level with numpy: no scoring engine, no pickle, nothing that runs.

A forest of any origin is many binary trees laid behind each other. A row goes left where its feature is at most the
threshold (both as 32-bit numbers, as they were trained). `values` holds what a node stands for: in an Isolation Forest the
expected length of the path, in boosted trees what the leaf adds to the odds, in a crowd of trees the share of frauds.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PARTS = ("roots", "depths", "features", "thresholds", "children", "values")
_DEEPEST = 10_000
_TOGETHER = 20_000
"""Rows walked at once: memory follows this and the number of trees, not the number of rows."""


class Kind(IntEnum):
    """What a sum over the trees means."""

    PATHS = 0
    ODDS = 1
    SHARES = 2


class Unsound(ValueError):
    """The kept bytes are no forest, or not the one that was kept."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees behind each other. `roots` begins each, `depths` is each one's longest way down.

    Of node i the children are `children[2 * i]`, where the feature is at most the threshold, and the one behind it; a
    leaf has the feature -1 and leads to itself. A sum of values is divided by `scale`, then `base` is added.
    """

    roots: NDArray[np.intp]
    depths: NDArray[np.int32]
    features: NDArray[np.int32]
    thresholds: Floats
    children: NDArray[np.intp]
    values: Floats
    kind: Kind
    scale: float = 1.0
    base: float = 0.0

    @property
    def depth(self) -> int:
        return int(self.depths.max())

    def scores(self, rows: Floats) -> Floats:
        """One score a row, larger is more suspicious: 2 to the minus of the mean path, or the chance of fraud."""
        narrow = np.asarray(rows, dtype=np.float32)
        if len(narrow) == 1:
            return self._as_scores(self.values[self._down(narrow[0])].sum(keepdims=True))
        parts = [self._sums(narrow[at : at + _TOGETHER]) for at in range(0, len(narrow), _TOGETHER)]
        return self._as_scores(np.concatenate(parts) if parts else np.empty(0))

    def _down(self, row: NDArray[np.float32]) -> NDArray[np.intp]:
        """One row's leaf in each tree: all trees a level at a time."""
        node = self.roots
        for _ in range(self.depth):
            node = self.children[2 * node + (row[self.features[node]] > self.thresholds[node])]
        return node

    def _sums(self, rows: NDArray[np.float32]) -> Floats:
        """Many rows: one tree at a time, whose few nodes stay close at hand."""
        flat, width = rows.ravel(), rows.shape[1]
        starts, sums = np.arange(len(rows)) * width, np.zeros(len(rows))
        for root, depth in zip(self.roots, self.depths, strict=True):
            node = np.full(len(rows), root, dtype=np.intp)
            for _ in range(depth):
                is_more = flat[starts + np.maximum(self.features[node], 0)] > self.thresholds[node]
                node = self.children[2 * node + is_more]
            sums += self.values[node]
        return sums

    def _as_scores(self, sums: Floats) -> Floats:
        means = sums / self.scale + self.base
        if self.kind is Kind.PATHS:
            return np.asarray(np.exp2(-means), dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-means)), dtype=np.float64) if self.kind is Kind.ODDS else means

    def contributions(self, row: Floats) -> Floats:
        """What each feature did to one row's score: by how much its splits raised it, summed over all paths."""
        narrow = np.asarray(row, dtype=np.float32)
        node, parts = self.roots, np.zeros(len(row))
        for _ in range(self.depth):
            feature = self.features[node]
            below = self.children[2 * node + (narrow[feature] > self.thresholds[node])]
            inner = feature >= 0
            parts += np.bincount(
                feature[inner], weights=(self.values[below] - self.values[node])[inner], minlength=len(row)
            )
            node = below
        return -parts if self.kind is Kind.PATHS else parts


def packed(forests: Sequence[Forest]) -> bytes:
    """Forests as bytes that hold arrays and nothing else."""
    file, arrays = io.BytesIO(), dict[str, Any](count=np.array(len(forests)))
    for number, forest in enumerate(forests):
        arrays |= {f"{number}_{name}": getattr(forest, name) for name in _PARTS}
        arrays[f"{number}_numbers"] = np.array([forest.kind, forest.scale, forest.base])
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def digest(body: bytes) -> str:
    """What a kept forest is known by."""
    return hashlib.sha256(body).hexdigest()


def unpacked(body: bytes, *, expected: str, width: int) -> list[Forest]:
    """The forests that were kept. Raises `Unsound` for other bytes than those, and for arrays that lead astray."""
    if digest(body) != expected:
        raise Unsound("the kept model is not the one that was trained")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            forests = [_forest(kept, number) for number in range(int(kept["count"]))]
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise Unsound("the kept model holds no forest") from error
    for forest in forests:
        _refuse_astray(forest, width)
    return forests


def _forest(kept: Any, number: int) -> Forest:
    kind, scale, base = (float(value) for value in kept[f"{number}_numbers"])
    return Forest(**{name: kept[f"{number}_{name}"] for name in _PARTS}, kind=Kind(int(kind)), scale=scale, base=base)


def _refuse_astray(forest: Forest, width: int) -> None:
    nodes, leads = len(forest.features), np.concatenate([forest.roots, forest.children])
    sound = (
        nodes > 0
        and len(forest.thresholds) == len(forest.values) == nodes
        and len(forest.children) == 2 * nodes
        and len(forest.depths) == len(forest.roots) > 0
        and int(leads.min()) >= 0
        and int(leads.max()) < nodes
        and int(forest.features.min()) >= -1
        and int(forest.features.max()) < width
        and int(forest.depths.min()) >= 0
        and int(forest.depths.max()) <= _DEEPEST
        and forest.scale > 0
        and bool(np.isfinite(forest.values).all())
    )
    if not sound:
        raise Unsound("the kept model's trees lead astray")
