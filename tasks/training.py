"""Training forests, in the worker alone: scikit-learn grows them, plain arrays are what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, IsolationForest

from portal.fraud.forest import Floats, Forest, Kind

TREES, SAMPLE = 100, 256
CROWD, BOOSTED, BOOSTED_SHARE = 300, 3, 0.5


def isolation_forest(rows: Floats, *, seed: int, trees: int = TREES) -> Forest:
    """An Isolation Forest on these rows, flattened."""
    return flattened(grown(rows, seed=seed, trees=trees))


def grown(rows: Floats, *, seed: int, trees: int = TREES) -> IsolationForest:
    """The forest as scikit-learn grows it."""
    sample = min(SAMPLE, len(rows))
    return IsolationForest(n_estimators=trees, max_samples=sample, random_state=seed).fit(np.asarray(rows, np.float32))


def flattened(forest: IsolationForest) -> Forest:
    """The same forest as arrays: its scores are scikit-learn's `-score_samples`."""
    parts = [_isolating(tree.tree_) for tree in forest.estimators_]
    scale = len(parts) * float(_path_length(np.array([forest.max_samples_]))[0])
    return _joined(parts, kind=Kind.PATHS, scale=scale)


def ranker(rows: Floats, is_fraud: NDArray[np.bool_], *, seed: int) -> list[Forest]:
    """Forests that tell confirmed frauds from the rest: a crowd of random trees, and boosted ones on different halves.

    Few frauds among many good ones: shallow, slow boosting and balanced weights. Together they rank better than any alone.
    """
    narrow = np.asarray(rows, np.float32)
    forests = [crowd_flattened(crowd(narrow, is_fraud, seed=seed))]
    chance = np.random.default_rng(seed)
    for part in range(BOOSTED):
        chosen = is_fraud | (chance.random(len(is_fraud)) < BOOSTED_SHARE)
        forests.append(boosted_flattened(boosted(narrow[chosen], is_fraud[chosen], seed=seed + part)))
    return forests


def crowd(rows: Any, is_fraud: NDArray[np.bool_], *, seed: int) -> ExtraTreesClassifier:
    """The crowd as scikit-learn grows it."""
    trees = ExtraTreesClassifier(
        CROWD, min_samples_leaf=2, class_weight="balanced_subsample", max_features=0.4, random_state=seed
    )
    return trees.fit(rows, is_fraud)


def boosted(rows: Any, is_fraud: NDArray[np.bool_], *, seed: int) -> HistGradientBoostingClassifier:
    """Boosted trees as scikit-learn grows them."""
    trees = HistGradientBoostingClassifier(
        max_iter=300,
        learning_rate=0.03,
        max_leaf_nodes=8,
        min_samples_leaf=10,
        l2_regularization=5.0,
        max_features=0.3,
        random_state=seed,
    )
    return trees.fit(rows, is_fraud)


def crowd_flattened(trees: ExtraTreesClassifier) -> Forest:
    """The same as arrays: its scores are scikit-learn's chance of fraud."""
    parts = [_voting(tree.tree_) for tree in trees.estimators_]
    return _joined(parts, kind=Kind.SHARES, scale=float(len(parts)))


def boosted_flattened(trees: HistGradientBoostingClassifier) -> Forest:
    """The same as arrays: its scores are scikit-learn's chance of fraud."""
    # Kept under private names, yet the only place where the trees are; a test compares the scores with the original's.
    parts = [_boosted(each[0].nodes) for each in trees._predictors]  # noqa: SLF001
    base = float(np.ravel(trees._baseline_prediction)[0])  # noqa: SLF001
    return _joined(parts, kind=Kind.ODDS, base=base)


Part = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any], Floats]


def _isolating(tree: Any) -> Part:
    features, left, right, is_leaf = _shape(tree)
    return features, tree.threshold, left, right, _expected_paths(tree, is_leaf)


def _voting(tree: Any) -> Part:
    features, left, right, _ = _shape(tree)
    votes = tree.value[:, 0, :]
    return features, tree.threshold, left, right, np.asarray(votes[:, 1] / votes.sum(axis=1), dtype=np.float64)


def _shape(tree: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[np.bool_]]:
    """Features and children of a tree of scikit-learn, its leaves leading to themselves."""
    left, right = tree.children_left.copy(), tree.children_right.copy()
    is_leaf = left < 0
    itself = np.arange(len(left))
    left[is_leaf], right[is_leaf] = itself[is_leaf], itself[is_leaf]
    return np.where(is_leaf, -1, tree.feature), left, right, is_leaf


def _expected_paths(tree: Any, is_leaf: NDArray[np.bool_]) -> Floats:
    """For each node the mean path of the training rows below it: a leaf's is its depth and what its rows would still take."""
    counts = tree.n_node_samples.astype(np.float64)
    depths = np.zeros(len(counts))
    for node in np.flatnonzero(~is_leaf):
        # Children come behind their parent.
        depths[tree.children_left[node]] = depths[tree.children_right[node]] = depths[node] + 1
    values = depths + _path_length(counts)
    for node in np.flatnonzero(~is_leaf)[::-1]:
        one, other = tree.children_left[node], tree.children_right[node]
        values[node] = (values[one] * counts[one] + values[other] * counts[other]) / counts[node]
    return np.asarray(values, dtype=np.float64)


def _path_length(counts: NDArray[Any]) -> Floats:
    """The mean length of a path among so many rows (Liu, Ting, Zhou: Isolation Forest, 2008, equation 1)."""
    counts = np.asarray(counts, dtype=np.float64)
    many = np.maximum(counts, 3.0)
    length = 2.0 * (np.log(many - 1.0) + np.euler_gamma) - 2.0 * (many - 1.0) / many
    return np.asarray(np.where(counts <= 1, 0.0, np.where(counts == 2, 1.0, length)), dtype=np.float64)


def _boosted(nodes: NDArray[Any]) -> Part:
    is_leaf = nodes["is_leaf"].astype(bool)
    itself = np.arange(len(nodes))
    left = np.where(is_leaf, itself, nodes["left"])
    right = np.where(is_leaf, itself, nodes["right"])
    features = np.where(is_leaf, -1, nodes["feature_idx"])
    values = nodes["value"].astype(np.float64)
    return features, nodes["num_threshold"].astype(np.float64), left, right, values


def _joined(parts: Sequence[Part], *, kind: Kind, scale: float = 1.0, base: float = 0.0) -> Forest:
    starts = np.cumsum([0, *(len(part[0]) for part in parts)])[:-1]
    pairs = [
        np.column_stack([left, right]).ravel() + start
        for (_, _, left, right, _), start in zip(parts, starts, strict=True)
    ]
    features, thresholds, values = (np.concatenate([part[column] for part in parts]) for column in (0, 1, 4))
    return Forest(
        roots=starts.astype(np.intp),
        depths=np.array([_depth(part) for part in parts], dtype=np.int32),
        features=features.astype(np.int32),
        thresholds=thresholds.astype(np.float64),
        children=np.concatenate(pairs).astype(np.intp),
        values=values,
        kind=kind,
        scale=scale,
        base=base,
    )


def _depth(part: Part) -> int:
    features, _, left, right, _ = part
    level, depth = np.array([0]), 0
    while len(level := level[features[level] >= 0]):
        level, depth = np.concatenate([left[level], right[level]]), depth + 1
    return depth
