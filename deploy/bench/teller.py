"""The counter: how long the slowest of twenty deposits takes, beside an empty view of somebody who is signed in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from functools import partial

from deploy.bench.ground import Ground
from deploy.bench.pages import BARE, EMPTY, Visit, Visits, in_turn
from deploy.bench.table import Figure

MOST_TIMES = 6


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    rounds = 20 if quick else 400
    ground.collect_static()
    with ground.fresh("teller"):
        from deploy.bench.bank import make_bank

        visits = Visits(make_bank(200), (0,))
        before = _posted()
        for _ in range(3):
            visits.deposit(0)
        ways = [partial(visits.deposit, 0), partial(visits.teller.get, BARE), partial(visits.teller.get, EMPTY)]
        deposits, bare, empty = in_turn(ways, rounds)
        done = _posted() - before
    return [
        _figure("a deposit at the counter, 95 of 100 within", deposits, bare, "bare view", MOST_TIMES),
        _figure("– beside an empty page of the portal", deposits, empty, "empty page", None),
        Figure("– deposits in the books", f"{done:,}", target=f"= {rounds + 3:,}", met=done == rounds + 3, exact=True),
    ]


def _figure(what: str, ours: Sequence[Visit], others: Sequence[Visit], twin: str, target: int | None) -> Figure:
    late, other = _within(ours), _within(others)
    ratio = late / other
    return Figure(
        what,
        f"{late:.2f} ms",
        f"{twin} {other:.2f} ms",
        f"{ratio:.2f}",
        f"≤ {target}" if target else "",
        met=ratio <= target if target else None,
    )


def _within(visits: Sequence[Visit]) -> float:
    """The milliseconds within which 95 of 100 are answered."""
    return statistics.quantiles((visit.clock for visit in visits), n=20)[-1]


def _posted() -> int:
    from portal.ledger.models import Entry, EntryKind

    return Entry.objects.filter(kind=EntryKind.DEPOSIT).count()
