"""Pages: how many queries they take however long the history is, and how much longer than an empty page of the portal.

The empty page has the frame that every page has (session, user, every middleware, menus, institution) and nothing in
it. Both are told: how often the empty page, and how often a bare view, which draws nothing at all. In brackets stands
processor time, which other work on the machine changes least.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from deploy.bench.costs import backend_seconds
from deploy.bench.ground import Ground
from deploy.bench.table import Figure
from deploy.say import CannotGoOn

TIMES_EMPTY = 3
FULL, QUICK = (10, 1_000, 100_000), (10, 100)
FOUND, SEE_OTHER = 200, 303
EMPTY, BARE = "/bench/empty/", "/bench/bare/"


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    sizes = QUICK if quick else FULL
    ground.collect_static()
    with ground.fresh("pages") as database:
        from deploy.bench.bank import make_bank
        from deploy.bench.history import build

        bank = make_bank(200)
        for size, account in zip(sizes, bank.ledger_accounts, strict=False):
            build(ground, database, [account.pk], each=size)
        return Visits(bank, sizes).figures(rounds=5 if quick else 120)


class Visits:
    """A customer and a cashier with the pages they open most, for an account of each size."""

    def __init__(self, bank: Any, sizes: tuple[int, ...]) -> None:
        from deploy.bench.bank import make_teller, make_users
        from deploy.bench.browser import Browser

        self.sizes = sizes
        self.accounts = bank.accounts[: len(sizes)]
        self.customers = [Browser(user) for user in make_users(bank, len(sizes))]
        self.teller = Browser(make_teller(bank))

    def figures(self, *, rounds: int) -> list[Figure]:
        pages: dict[str, Callable[[int], Any]] = {
            "customer's home": lambda n: self.customers[n].get("/"),
            "account with its movements": lambda n: self.customers[n].get(f"/accounts/{self.accounts[n].number}/"),
            "teller finds a member": lambda n: self.teller.get(
                f"/counter/find/?q={self.accounts[n].customer.number}", htmx_target="results"
            ),
            "teller opens a member": lambda n: self.teller.get(
                f"/counter/?q={self.accounts[n].customer.number}", htmx_target="serving"
            ),
            "teller posts a deposit": self.deposit,
        }
        return [self._frame(rounds), *(self._figure(name, visit, rounds) for name, visit in pages.items())]

    def _frame(self, rounds: int) -> Figure:
        """The empty page beside a bare answer to a signed-in user."""
        browser = self.customers[0]
        page, bare = in_turn([partial(browser.get, EMPTY), partial(browser.get, BARE)], rounds)
        return Figure("the empty page itself", said(page), f"bare view {said(bare)}", of(page, bare))

    def deposit(self, number: int) -> Any:
        """Pay 2.50 in at the counter."""
        from portal.base.keys import new_key

        account = self.accounts[number]
        fields = {"customer": account.customer.number, "account": account.number, "amount": "2.50", "key": new_key()}
        return self.teller.post("/counter/deposit/", fields, htmx_target="serving")

    def _figure(self, name: str, visit: Callable[[int], Any], rounds: int) -> Figure:
        """Queries at every size; time at the largest, in turn with the empty page."""
        answer = visit(0)
        if answer.status not in {FOUND, SEE_OTHER}:
            raise CannotGoOn(f"{name} answered {answer.status}: {answer.body[:300]!r}")
        queries = [_queries(partial(visit, number)) for number in range(len(self.sizes))]
        last, browser = len(self.sizes) - 1, self.teller if name.startswith("teller") else self.customers[0]
        visits = [partial(visit, last), partial(browser.get, EMPTY), partial(browser.get, BARE)]
        ours, empty, bare = in_turn(visits, rounds)
        return Figure(
            f"{name}: {' / '.join(map(str, queries))} queries at {' / '.join(f'{size:,}' for size in self.sizes)}",
            said(ours),
            f"empty page {said(empty)}; bare view {said(bare)}",
            f"{of(ours, empty)}; {of(ours, bare)}",
            f"≤ {TIMES_EMPTY} empty pages, constant",
            met=median(ours) <= TIMES_EMPTY * median(empty) and len(set(queries)) == 1,
        )


def _queries(visit: Callable[[], object]) -> int:
    """How many statements a request sends; what is kept in memory for some seconds has been read just before."""
    from django.db import connection

    count = 0

    def counting(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    visit()
    with connection.execute_wrapper(counting):
        visit()
    return count


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: milliseconds on the clock, and of processors in this process and in its database's."""

    clock: float
    processor: float


def in_turn(visits: Sequence[Callable[[], object]], rounds: int) -> list[list[Visit]]:
    """Every one measured so often, in turn, so that whatever else the machine does meets all of them."""
    measured = [[_measured(visit) for visit in visits] for _ in range(rounds)]
    return [list(row) for row in zip(*measured, strict=True)]


def _measured(visit: Callable[[], object]) -> Visit:
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    begun, used = time.perf_counter(), time.process_time() + backend_seconds(pid)
    visit()
    ended, spent = time.perf_counter(), time.process_time() + backend_seconds(pid)
    return Visit((ended - begun) * 1000, (spent - used) * 1000)


def median(visits: Sequence[Visit]) -> float:
    return statistics.median(visit.clock for visit in visits)


def _processor(visits: Sequence[Visit]) -> float:
    return statistics.median(visit.processor for visit in visits)


def said(visits: Sequence[Visit]) -> str:
    return f"{median(visits):.2f} ms ({_processor(visits):.2f})"


def of(ours: Sequence[Visit], others: Sequence[Visit]) -> str:
    """How often the others' time, and in brackets how often their processor time."""
    return f"{median(ours) / median(others):.2f} ({_processor(ours) / _processor(others):.2f})"
