"""What each business day adds to the loans of a branch: interest, arrears, penalties, default, provisions, the portfolio.

A day is done in batches, each a transaction of its own; a loan is worked off once for each business date, in order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DatabaseError, OperationalError, connection
from django.db.models import Min

from portal.base.db import transactional
from portal.base.money import Money
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import Line, NewEntry, credit, debit, post
from portal.loans.models import Loan, Setback, Standing
from portal.loans.queries import sql
from portal.outbox.services import enqueue

logger = logging.getLogger(__name__)

JOB = "loans.day"
BATCH = 2_000
DAY = timedelta(days=1)
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Worked:
    """What a run did: loans worked off (one for each loan and day), and how many of them could not be."""

    loans: int
    failed: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one batch came to; `last` is None when there was nothing left."""

    loans: int
    first: int
    last: int | None
    earned_minor: int
    suspended_minor: int
    penalty_minor: int
    provision_minor: int


def ask_for_loan_days(*, at: datetime) -> None:
    """Have the worker work off each branch's loans up to its open day. Changes nothing when called again that day."""
    for branch in branches():
        if branch.history_from is None:
            key = f"loans:{branch.code}:{branch.business_date}"
            enqueue(kind=JOB, key=key, payload={"branch": branch.code}, by=None, at=at)


def work_loans(
    *, branch: Branch, at: datetime, until: date | None = None, batch: int = BATCH, report: Report | None = None
) -> Worked:
    """Work off every day up to the branch's open day (or `until`, while old books are loaded) that a loan has not had.

    Days come one at a time. A loan that cannot be worked off stays behind, is written down as a `Setback` and tried again
    by the next run; its neighbours go on. Safe to run twice, at once, or again after it was killed.
    """
    last = until or branch.business_date
    total, loans, failed = _to_do(branch, last), 0, 0
    day = _first_day(branch)
    while day is not None and day <= last:
        done = _work_day(branch, day, batch, at)
        _keep_portfolio(branch, day)
        loans, failed = loans + done.loans, failed + done.failed
        if report and done.loans:
            report(loans, max(total, loans))
        day += DAY
    return Worked(loans, failed)


def _first_day(branch: Branch) -> date | None:
    """The first day that a live loan of the branch has not had."""
    oldest = Standing.objects.filter(branch=branch, is_live=True).aggregate(oldest=Min("worked_to"))["oldest"]
    return oldest + DAY if oldest else None


def _to_do(branch: Branch, last: date) -> int:
    return Standing.objects.filter(branch=branch, is_live=True, worked_to__lt=last).count()


def _work_day(branch: Branch, day: date, batch: int, at: datetime) -> Worked:
    loans = failed = after = 0
    while True:
        try:
            done = _work_batch(branch=branch, day=day, after=after, most=batch, at=at)
        except OperationalError:
            raise
        except DatabaseError:
            # One loan of the batch cannot be worked off: find it, so that its neighbours are.
            done, lost = _one_by_one(branch, day, after, batch, at)
            failed += lost
        if done.last is None:
            return Worked(loans, failed)
        loans, after = loans + done.loans, done.last


def _one_by_one(branch: Branch, day: date, after: int, batch: int, at: datetime) -> tuple[_Batch, int]:
    """The same batch, a loan at a time; those that fail are written down and passed over."""
    waiting = Standing.objects.filter(branch=branch, is_live=True, worked_to=day - DAY, loan__gt=after)
    ids = list(waiting.order_by("loan").values_list("loan_id", flat=True)[:batch])
    failed = 0
    for loan_id in ids:
        try:
            _work_batch(branch=branch, day=day, after=loan_id - 1, most=1, at=at)
        except OperationalError:
            raise
        except DatabaseError as error:
            failed += 1
            logger.exception("Loan %s was not worked off for %s.", loan_id, day)
            told = str(error).strip().splitlines()[0][:300]
            Setback.objects.create(loan=Loan.objects.get(pk=loan_id), on=day, error=told, at=at)
    last = ids[-1] if ids else None
    return _Batch(len(ids) - failed, 0, last, 0, 0, 0, 0), failed


@transactional
def _work_batch(*, branch: Branch, day: date, after: int, most: int, at: datetime) -> _Batch:
    """Work a batch off and post what it came to in one entry, dated the open day and valued the day that is worked off."""
    values: dict[str, int | date | datetime] = {"branch": branch.pk, "day": day, "after": after, "most": most, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(sql("day"), values)
        row = cursor.fetchone()
    done = _Batch(row[0], row[1] or 0, row[2], *row[3:])
    lines = _lines(branch, done)
    if lines:
        is_old = branch.history_from is not None
        entry = NewEntry(
            kind=EntryKind.ACCRUAL,
            branch=branch,
            lines=lines,
            key=f"loans:{done.first}:{day}",
            memo=f"Loans on {day:%d %B %Y}: interest, penalties, provisions",
            channel="system",
            business_date=day if is_old else None,
            value_date=day if day < branch.business_date and not is_old else None,
        )
        post(entry, by=None, at=at)
    return done


def _lines(branch: Branch, done: _Batch) -> list[Line]:
    pairs = (
        (done.earned_minor, chart.LOAN_INTEREST_DUE, chart.LOAN_INTEREST_INCOME),
        (done.suspended_minor, chart.LOAN_INTEREST_INCOME, chart.SUSPENDED_INTEREST),
        (done.penalty_minor, chart.LOAN_PENALTIES_DUE, chart.PENALTY_INCOME),
        (done.provision_minor, chart.PROVISION_EXPENSE, chart.LOAN_PROVISION),
    )
    lines: list[Line] = []
    for minor, up, down in pairs:
        first, second = (chart.branch_account(branch.pk, code) for code in ((up, down) if minor > 0 else (down, up)))
        amount = Money(abs(minor), first.currency)
        lines += [debit(first, amount), credit(second, amount)] if minor else []
    return lines


@transactional
def _keep_portfolio(branch: Branch, day: date) -> None:
    """Keep the branch's portfolio by bucket at the end of a day, once."""
    with connection.cursor() as cursor:
        cursor.execute(sql("portfolio"), {"branch": branch.pk, "day": day})
