"""Chance that repeats itself: every draw follows from the seed and from what it is for."""

from __future__ import annotations

from random import Random
from typing import TypeVar

T = TypeVar("T")


def chance(seed: int, *purpose: str) -> Random:
    """A source of chance of its own for a purpose, so that a change in one place leaves the others as they were."""
    return Random(":".join((str(seed), *purpose)))  # noqa: S311  # made-up lives keep no secrets


def weighted(rng: Random, shares: dict[T, int]) -> T:
    """One of these, as often as its share says."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]
