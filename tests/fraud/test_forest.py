"""Forests as arrays: the same scores as scikit-learn's, and nothing but arrays is ever read."""

from __future__ import annotations

import io

import numpy as np
import pytest

from portal.fraud.forest import Floats, Unsound, digest, packed, unpacked
from tasks.training import boosted, boosted_flattened, crowd, crowd_flattened, flattened, grown, isolation_forest

EXACT = 1e-12


def rows(count: int = 800, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).lognormal(size=(count, 6))


def test_the_walk_scores_as_scikit_learn_does() -> None:
    forest = grown(rows(), seed=2)
    flat, others = flattened(forest), rows(500, 3)
    wanted = -forest.score_samples(others.astype(np.float32))
    assert np.abs(flat.scores(others) - wanted).max() < EXACT
    assert max(abs(flat.scores(others[n : n + 1])[0] - wanted[n]) for n in range(50)) < EXACT


def test_the_rankers_walk_scores_as_scikit_learn_does() -> None:
    some = rows(1500).astype(np.float32)
    is_fraud = some[:, 0] > 4
    for trees, flat in (
        (one := boosted(some, is_fraud, seed=1), boosted_flattened(one)),
        (two := crowd(some, is_fraud, seed=1), crowd_flattened(two)),
    ):
        assert np.abs(trees.predict_proba(some)[:, 1] - flat.scores(some.astype(np.float64))).max() < EXACT


def test_contributions_name_what_stands_out() -> None:
    row = np.array([1.0, 1.0, 1.0, 900.0, 1.0, 1.0])
    parts = isolation_forest(rows(), seed=1).contributions(row)
    assert int(parts.argmax()) == 3


def test_contributions_sum_to_the_way_from_root_to_leaf() -> None:
    flat, row = isolation_forest(rows(), seed=1), rows(1, 9)[0]
    path = -float(np.log2(flat.scores(row[None, :])[0])) * flat.scale
    assert float(flat.values[flat.roots].sum() - flat.contributions(row).sum()) == pytest.approx(path)


def test_a_kept_forest_comes_back_as_it_was() -> None:
    flat = isolation_forest(rows(), seed=1)
    body = packed([flat])
    again = unpacked(body, expected=digest(body), width=6)[0]
    assert np.array_equal(again.scores(rows(50)), flat.scores(rows(50)))


def test_other_bytes_are_refused() -> None:
    body = packed([isolation_forest(rows(), seed=1)])
    with pytest.raises(Unsound, match="not the one"):
        unpacked(body + b"x", expected=digest(body), width=6)


def test_a_pickle_is_never_opened() -> None:
    file = io.BytesIO()
    np.savez(file, count=np.array([{"a": 1}], dtype=object))
    body = file.getvalue()
    with pytest.raises(Unsound):
        unpacked(body, expected=digest(body), width=6)


def test_trees_that_lead_astray_are_refused() -> None:
    flat = isolation_forest(rows(), seed=1)
    flat.children[5] = 10**6
    body = packed([flat])
    with pytest.raises(Unsound, match="astray"):
        unpacked(body, expected=digest(body), width=6)


def test_a_forest_for_more_features_is_refused() -> None:
    body = packed([isolation_forest(rows(), seed=1)])
    with pytest.raises(Unsound, match="astray"):
        unpacked(body, expected=digest(body), width=2)
