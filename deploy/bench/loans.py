"""The nightly job over many running loans in one process, beside the bare reads and writes it needs."""

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
BATCH = 5_000
DAYS = 3
LATE_ONE_IN = 10
# What the work reads of each loan, and nothing more: where it stands, what is outstanding, two rows of its schedule.
READ = """
SELECT count(*), sum(m.balance_minor), sum(n.balance_minor), sum(p.earned_so_far_minor)
  FROM copy_loans_standing AS s
  JOIN loans_loan AS l ON l.id = s.loan_id
  JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id
  LEFT JOIN LATERAL (SELECT r.balance_minor FROM loans_schedulerow AS r
                      WHERE r.schedule_id = s.schedule_id AND r.due >= %(day)s ORDER BY r.due, r.number LIMIT 1) AS n ON true
  LEFT JOIN LATERAL (SELECT r.earned_so_far_minor FROM loans_schedulerow AS r
                      WHERE r.schedule_id = s.schedule_id AND r.due > %(day)s ORDER BY r.due, r.number LIMIT 1) AS p ON true
"""
WRITE = (
    (
        "UPDATE copy_loans_standing AS c SET worked_to = s.worked_to, accrued_minor = s.accrued_minor, "
        "penalty_minor = s.penalty_minor, penalty_rest = s.penalty_rest, late_minor = s.late_minor, "
        "days_late = s.days_late, provision_minor = s.provision_minor FROM loans_standing AS s WHERE s.loan_id = c.loan_id"
    ),
    'INSERT INTO copy_loans_penalty OVERRIDING SYSTEM VALUE SELECT * FROM loans_penalty WHERE "on" = %(day)s',
)


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    return measure(ground, 3_000 if quick else 100_000)


def measure(ground: Ground, loans: int) -> list[Figure]:
    """Some days of so many loans, each followed by its bare twin; the books are compared with the loans at the end."""
    with ground.fresh("loans") as database:
        from deploy.bench.lending import make_loans

        branch = make_loans(ground, database, loans, days=DAYS, late_one_in=LATE_ONE_IN)
        for table in ("loans_standing", "loans_penalty"):
            ground.owner_runs(database, f"CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)")
            copied = f"INSERT INTO copy_{table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}"  # noqa: S608 - our own names
            ground.owner_runs(database, copied)
            ground.owner_runs(database, f"GRANT SELECT, INSERT, UPDATE ON copy_{table} TO quayside_app")
        work = _Days(ground, database, branch, loans)
        before = peak_mb()
        ours, bare = interleaved(work.do, work.bare, rounds=DAYS)
        grown, wrong = round(peak_mb() - before), _wrong()
    return [*_figures(ours, bare, loans), *_exact(loans, grown, wrong)]


def _figures(ours: Run, bare: Run, loans: int) -> list[Figure]:
    seconds, twin = ours.seconds * loans, bare.seconds * loans
    return [
        Figure(
            f"a night's work on {loans:,} running loans, one in {LATE_ONE_IN} late",
            f"{seconds:.1f} s",
            f"bare reads and writes {twin:.1f} s",
            f"{seconds / twin:.2f}",
            f"≤ {MOST_TIMES}",
            met=seconds <= MOST_TIMES * twin,
        ),
        Figure(
            "– processor time of each",
            f"{ours.cost_ms:.3f} ms",
            f"bare {bare.cost_ms:.3f} ms",
            f"{ours.cost_ms / bare.cost_ms:.2f}",
        ),
    ]


def _exact(loans: int, grown: int, wrong: Sequence[str]) -> list[Figure]:
    return [
        Figure(
            f"– memory that {loans:,} loans take beside none",
            f"{grown} MB",
            target=f"≤ {MOST_GROWTH_MB} MB",
            met=grown <= MOST_GROWTH_MB,
            exact=True,
        ),
        Figure(
            "– statements about loans and books that do not hold",
            ", ".join(wrong) or "none",
            target="none",
            met=not wrong,
            exact=True,
        ),
    ]


def _wrong() -> list[str]:
    """What the proof says of interest, penalties and provisions; the bench's loans were not paid out by the portal."""
    from portal.loans.proof import prove_loans

    return [proof.statement for proof in prove_loans() if "sum over loans" in proof.statement and not proof.holds]


class _Days:
    """Works one day after another off, and after each does its reads and writes bare."""

    def __init__(self, ground: Ground, database: str, branch: Any, loans: int) -> None:
        self.ground, self.database, self.branch, self.loans = ground, database, branch, loans
        self._day = branch.business_date - timedelta(days=DAYS)

    def do(self) -> Run:
        from portal.base.clock import now
        from portal.loans.services import work_loans

        self._day += timedelta(days=1)
        begun, cost = time.perf_counter(), self._processors()
        done = work_loans(branch=self.branch, at=now(), until=self._day)
        if done.failed or done.loans != self.loans:
            raise RuntimeError(f"{done.loans} loans were worked off and {done.failed} were not")
        return Run(done.loans, time.perf_counter() - begun, self._processors() - cost)

    def bare(self) -> Run:
        """One SELECT, one UPDATE, one INSERT, in one transaction."""
        values: dict[str, date] = {"day": self._day}
        with self.ground.cluster.connect(self.database) as connection:
            begun, cost = time.perf_counter(), self._processors()
            with connection.transaction():
                for statement in (READ, *WRITE):
                    connection.execute(statement.encode(), values if "%(day)s" in statement else None)
            return Run(self.loans, time.perf_counter() - begun, self._processors() - cost)

    def _processors(self) -> float:
        return database_seconds(self.ground) + own_seconds()
