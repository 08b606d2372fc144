"""The journal: single entries beside `pgbench`, and entries in bulk beside a bare COPY of the same rows."""

from __future__ import annotations

import multiprocessing
import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Barrier
from typing import Any

from deploy.bench.costs import database_seconds, own_seconds
from deploy.bench.ground import Ground
from deploy.bench.table import Figure, Run, interleaved, rates

CLIENTS = 8
WORKERS = 2
"""Clients share so many processes, as they share the web's."""
ACCOUNTS = 1_000
COPIED = {
    "ledger_entry": "id",
    "ledger_posting": "entry_id",
    "ledger_idempotencykey": "entry_id",
    "ledger_unsealed": "entry_id",
}


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    return [*_single(ground, quick=quick), *_bulk(ground, quick=quick)]


def _single(ground: Ground, *, quick: bool) -> list[Figure]:
    seconds, rounds = (1, 1) if quick else (2, 15)
    ground.make_empty("bench_pgbench")
    ground.program("pgbench", "-i", "-s", "1" if quick else "10", "-q", "bench_pgbench")
    with ground.fresh("ledger"):
        from deploy.bench.bank import make_bank

        make_bank(ACCOUNTS)
        with Posters(ground, seconds) as posters:
            ours, theirs = interleaved(posters.run, lambda: _pgbench(ground, seconds), rounds=rounds)
    ground.drop("bench_pgbench")
    return rates(f"single entries, {CLIENTS} clients", ours, theirs, 0.6, twin_name="pgbench")


def _pgbench(ground: Ground, seconds: int) -> Run:
    cost = database_seconds(ground) + own_seconds()
    printed = ground.program("pgbench", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "bench_pgbench")
    cost = database_seconds(ground) + own_seconds() - cost
    count, rate = (
        re.search(said, printed) for said in (r"actually processed: ([0-9]+)", r"tps = ([0-9.]+) \(without initial")
    )
    if count is None or rate is None:
        raise ValueError(printed)
    return Run(int(count[1]), int(count[1]) / float(rate[1]), cost)


class Posters:
    """Eight clients in two processes, each on its connection: they post transfers between random accounts when let go."""

    def __init__(self, ground: Ground, seconds: int) -> None:
        self.ground, self.seconds = ground, seconds
        fork = multiprocessing.get_context("fork")
        self._go: Barrier = fork.Barrier(WORKERS + 1)
        self._counts: Any = fork.Queue()
        self._over: Any = fork.Event()
        self._processes: list[ForkProcess] = [
            fork.Process(target=self._work, args=(number,), daemon=True) for number in range(WORKERS)
        ]

    def __enter__(self) -> Posters:
        from django.db import connection

        connection.close()
        for process in self._processes:
            process.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        self._go.wait(timeout=60)
        for process in self._processes:
            process.join(timeout=60)

    def run(self) -> Run:
        """All eight at work for one stretch."""
        cost = database_seconds(self.ground)
        self._go.wait(timeout=60)
        done = [self._counts.get(timeout=self.seconds + 60) for _ in range(WORKERS)]
        cost = database_seconds(self.ground) - cost + sum(used for _, used in done)
        return Run(sum(count for count, _ in done), self.seconds, cost)

    def _work(self, number: int) -> None:
        with ThreadPoolExecutor(CLIENTS // WORKERS) as clients:
            chances = [random.Random(10 * number + n) for n in range(CLIENTS // WORKERS)]  # noqa: S311 - which accounts
            ones = [transfer_maker(chance) for chance in chances]
            list(clients.map(lambda one: one(), ones))
            while True:
                self._go.wait()
                if self._over.is_set():
                    return
                used, ends_at = own_seconds(), time.monotonic() + self.seconds
                count = sum(clients.map(partial(_as_many_as_fit, ends_at=ends_at), ones))
                self._counts.put((count, own_seconds() - used))


def _as_many_as_fit(one: Callable[[], object], ends_at: float) -> int:
    count = 0
    while time.monotonic() < ends_at:
        one()
        count += 1
    return count


def transfer_maker(chance: random.Random) -> Callable[[], object]:
    """A function that posts 1.00 from one random account to another through the Python service."""
    from portal.base.clock import now
    from portal.base.keys import new_key
    from portal.base.money import Money
    from portal.institution.models import Branch
    from portal.ledger.models import Account, EntryKind
    from portal.ledger.services import NewEntry, credit, debit, post

    branch = Branch.objects.get()
    accounts = list(Account.objects.filter(code__startswith="0101", tracked=True))
    amount = Money(100, accounts[0].currency)

    def one() -> object:
        source, target = chance.sample(accounts, 2)
        lines = (debit(source, amount), credit(target, amount))
        return post(NewEntry(kind=EntryKind.TRANSFER, branch=branch, lines=lines, key=new_key()), by=None, at=now())

    return one


def _bulk(ground: Ground, *, quick: bool) -> list[Figure]:
    size, rounds = (500, 1) if quick else (10_000, 25)
    with ground.fresh("bulk") as database:
        from deploy.bench.bank import make_bank

        make_bank(ACCOUNTS)
        for table in COPIED:
            ground.owner_runs(database, f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
        bulk = _Bulk(ground, database, size)
        ours, theirs = interleaved(bulk.post, bulk.copy, rounds=rounds)
    return rates(f"bulk, {size:,} entries at once", ours, theirs, 0.5, twin_name="bare COPY")


class _Bulk:
    """Posts a batch, then copies the rows it made into tables with the same indexes."""

    def __init__(self, ground: Ground, database: str, size: int) -> None:
        self.ground, self.database, self.size = ground, database, size
        self._chance = random.Random(1)  # noqa: S311 - which accounts, not a secret
        self._ids: list[Any] = []

    def post(self) -> Run:
        from portal.base.clock import now
        from portal.ledger.services import post_many

        entries = self._entries()
        begun, cost = time.perf_counter(), database_seconds(self.ground) + own_seconds()
        posted = post_many(entries, by=None, at=now())
        run = Run(self.size, time.perf_counter() - begun, database_seconds(self.ground) + own_seconds() - cost)
        self._ids = [one.entry_id for one in posted]
        return run

    def _entries(self) -> list[Any]:
        from portal.base.keys import new_key
        from portal.base.money import Money
        from portal.institution.models import Branch
        from portal.ledger.models import Account, EntryKind
        from portal.ledger.services import NewEntry, credit, debit

        branch = Branch.objects.get()
        accounts = list(Account.objects.filter(code__startswith="0101", tracked=True))
        amount = Money(100, accounts[0].currency)
        entries = []
        for _ in range(self.size):
            source, target = self._chance.sample(accounts, 2)
            lines = (debit(source, amount), credit(target, amount))
            entries.append(NewEntry(kind=EntryKind.TRANSFER, branch=branch, lines=lines, key=new_key()))
        return entries

    def copy(self) -> Run:
        """The rows just posted, in their order, as one transaction of four COPY commands."""
        with self.ground.cluster.connect(self.database) as connection:
            texts = {}
            for table, column in COPIED.items():
                query = f"COPY (SELECT * FROM {table} WHERE {column} = ANY(%s)) TO STDOUT"  # noqa: S608 - our names
                with connection.cursor().copy(query.encode(), [self._ids]) as rows:
                    texts[table] = b"".join(bytes(row) for row in rows)
            begun, cost = time.perf_counter(), database_seconds(self.ground) + own_seconds()
            with connection.transaction():
                for table, text in texts.items():
                    with connection.cursor().copy(f"COPY copy_{table} FROM STDIN".encode()) as rows:
                        rows.write(text)
            return Run(self.size, time.perf_counter() - begun, database_seconds(self.ground) + own_seconds() - cost)
