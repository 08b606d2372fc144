"""Pages: how many queries they take however long the history is, and how much longer than an empty page of the portal.

The empty page has the frame that every page has (session, user, every middleware, menus, institution) and nothing in
it. A first line tells how that compares with a view that draws nothing at all.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from deploy.bench.ground import Ground
from deploy.bench.table import Figure
from deploy.say import CannotGoOn

TIMES_EMPTY = 3
FULL, QUICK = (10, 1_000, 100_000), (10, 100)
FOUND, SEE_OTHER = 200, 303


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    sizes = QUICK if quick else FULL
    ground.collect_static()
    with ground.fresh("pages") as database:
        from deploy.bench.bank import make_bank
        from deploy.bench.history import build

        bank = make_bank(200)
        for size, account in zip(sizes, bank.ledger_accounts, strict=False):
            build(ground, database, [account.pk], each=size)
        return _Visits(bank, sizes).figures(rounds=5 if quick else 120)


class _Visits:
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
            "teller posts a deposit": self._deposit,
        }
        return [self._frame(rounds), *(self._figure(name, visit, rounds) for name, visit in pages.items())]

    def _frame(self, rounds: int) -> Figure:
        """The empty page beside a bare answer to a signed-in user."""
        browser = self.customers[0]
        page, bare = _in_turn(lambda: browser.get("/bench/empty/"), lambda: browser.get("/bench/bare/"), rounds)
        return Figure("the empty page itself", f"{page:.2f} ms", f"bare view {bare:.2f} ms", f"{page / bare:.2f}")

    def _deposit(self, number: int) -> Any:
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
        ours, empty = _in_turn(lambda: visit(last), lambda: browser.get("/bench/empty/"), rounds)
        ratio = ours / empty
        return Figure(
            f"{name}: {' / '.join(map(str, queries))} queries at {' / '.join(f'{size:,}' for size in self.sizes)}",
            f"{ours:.2f} ms",
            f"empty page {empty:.2f} ms",
            f"{ratio:.2f}",
            f"≤ {TIMES_EMPTY}, constant",
            met=ratio <= TIMES_EMPTY and len(set(queries)) == 1,
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


def _in_turn(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median milliseconds of both, measured in turn."""
    pairs = [(_milliseconds(first), _milliseconds(second)) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)


def _milliseconds(visit: Callable[[], object]) -> float:
    begun = time.perf_counter()
    visit()
    return (time.perf_counter() - begun) * 1000
