"""Pages: how many queries they take however long the history is, and how much longer than an empty page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
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
        return [self._figure(name, visit, rounds) for name, visit in pages.items()]

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
        queries = [_queries(lambda n=n: visit(n)) for n in range(len(self.sizes))]
        ours, empty = [], []
        for _ in range(rounds):
            ours.append(_milliseconds(lambda: visit(len(self.sizes) - 1)))
            empty.append(_milliseconds(lambda: self.customers[0].get("/bench/empty/")))
        ratio = statistics.median(ours) / statistics.median(empty)
        return Figure(
            f"{name}: {' / '.join(map(str, queries))} queries at {' / '.join(f'{size:,}' for size in self.sizes)}",
            f"{statistics.median(ours):.2f} ms",
            f"empty page {statistics.median(empty):.2f} ms",
            f"{ratio:.2f}",
            f"≤ {TIMES_EMPTY}, constant",
            met=ratio <= TIMES_EMPTY and len(set(queries)) == 1,
        )


def _queries(visit: Callable[[], object]) -> int:
    """How many statements a request sends."""
    from django.db import connection

    count = 0

    def counting(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    with connection.execute_wrapper(counting):
        visit()
    return count


def _milliseconds(visit: Callable[[], object]) -> float:
    begun = time.perf_counter()
    visit()
    return (time.perf_counter() - begun) * 1000
