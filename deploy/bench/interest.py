"""A month's interest on many accounts with years behind them, beside the bare writing of the same rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from deploy.bench.costs import database_seconds, own_seconds, peak_mb
from deploy.bench.ground import Ground
from deploy.bench.table import Figure, Run, interleaved

MOST_TIMES = 4
MOST_GROWTH_MB = 64
MONTHS = ((2026, 8), (2026, 9), (2026, 10))
TOGETHER = 500
# Each table that interest writes rows to, and what names the entry in it.
WRITTEN = {
    "ledger_entry": "id",
    "ledger_posting": "entry_id",
    "ledger_idempotencykey": "entry_id",
    "ledger_unsealed": "entry_id",
    "deposits_interestposting": "entry_id",
}


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    accounts, each = (5_000, 10) if quick else (100_000, 30)
    return measure(ground, accounts, each, MONTHS[-1:] if quick else MONTHS)


def measure(ground: Ground, accounts: int, each: int, months: Sequence[tuple[int, int]]) -> list[Figure]:
    """The same months posted and written bare, for so many accounts with so many movements behind each."""
    with ground.fresh("interest") as database:
        from deploy.bench.bank import make_bank
        from deploy.bench.history import build

        bank = make_bank(accounts, funded=False)
        build(ground, database, [account.pk for account in bank.ledger_accounts], each=each, together=TOGETHER)
        for table in WRITTEN:
            ground.owner_runs(database, f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
        work = _Months(ground, database, [date(*month, 1) for month in months])
        ours, bare = interleaved(work.post, work.write, rounds=len(months))
    return [*_figures(ours, bare, accounts, each), _memory(work.peaks, accounts)]


def _figures(ours: Run, bare: Run, accounts: int, each: int) -> list[Figure]:
    seconds, twin = ours.seconds * accounts, bare.seconds * accounts
    return [
        Figure(
            f"a month's interest on {accounts:,} accounts, {each} movements behind each",
            f"{seconds:.1f} s",
            f"bare INSERT … SELECT {twin:.1f} s",
            f"{seconds / twin:.2f}",
            f"≤ {MOST_TIMES}",
            met=seconds <= MOST_TIMES * twin,
        ),
        Figure(
            "– processor time of each account",
            f"{ours.cost_ms:.3f} ms",
            f"bare INSERT … SELECT {bare.cost_ms:.3f} ms",
            f"{ours.cost_ms / bare.cost_ms:.2f}",
        ),
    ]


def _memory(peaks: Sequence[tuple[int, float]], accounts: int) -> Figure:
    """How much more the job held after the last month than after the first tenth of the first."""
    grown = peaks[-1][1] - next(held for done, held in peaks if done >= accounts // 10)
    return Figure(
        "– memory it grew by, after the first tenth",
        f"{grown:.0f} MB",
        target=f"≤ {MOST_GROWTH_MB} MB",
        met=grown <= MOST_GROWTH_MB,
        exact=True,
    )


class _Months:
    """Posts one month after another, and after each writes its rows once more into tables with the same indexes."""

    def __init__(self, ground: Ground, database: str, months: list[date]) -> None:
        self.ground, self.database = ground, database
        self._months = iter(months)
        self._end = date.min
        self.peaks: list[tuple[int, float]] = []

    def post(self) -> Run:
        from portal.base.clock import now
        from portal.deposits.services import post_interest

        start = next(self._months)
        self._end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        begun, cost = time.perf_counter(), self._processors()
        done = post_interest(period_start=start, period_end=self._end, by=None, at=now(), report=self._done)
        return Run(done.accounts, time.perf_counter() - begun, self._processors() - cost)

    def _done(self, done: int, _: int) -> None:
        self.peaks.append((done, peak_mb()))

    def write(self) -> Run:
        """One transaction of one INSERT … SELECT a table; the entries are found beforehand."""
        begun: float
        with self.ground.cluster.connect(self.database) as connection:
            found = "SELECT entry_id FROM deposits_interestposting WHERE period_end = %s AND entry_id IS NOT NULL"
            connection.execute("CREATE TEMP TABLE posted (entry_id uuid PRIMARY KEY)")
            connection.execute(f"INSERT INTO posted {found}".encode(), [self._end])
            connection.execute("ANALYZE posted")
            begun, cost = time.perf_counter(), self._processors()
            with connection.transaction():
                for table, column in WRITTEN.items():
                    connection.execute(self._copy(connection, table, column).encode())
            return Run(self._count(connection), time.perf_counter() - begun, self._processors() - cost)

    @staticmethod
    def _copy(connection: Any, table: str, column: str) -> str:
        """The rows of one table with all columns that are not made by the database itself."""
        rows = connection.execute(
            "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        columns = ", ".join(row[0] for row in rows)
        return (
            f"INSERT INTO copy_{table} ({columns}) OVERRIDING SYSTEM VALUE "  # noqa: S608 - our own names
            f"SELECT {columns} FROM {table} WHERE {column} IN (SELECT entry_id FROM posted)"
        )

    @staticmethod
    def _count(connection: Any) -> int:
        return int(connection.execute("SELECT count(*) FROM posted").fetchone()[0])

    def _processors(self) -> float:
        return database_seconds(self.ground) + own_seconds()
