"""A month's interest on a million accounts. Takes long to build, so it is measured only when it is asked for by name."""

from __future__ import annotations

from deploy.bench.ground import Ground
from deploy.bench.interest import MONTHS, measure
from deploy.bench.table import Figure


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    return measure(ground, 10_000 if quick else 1_000_000, 3, MONTHS[-1:])
