"""Posting interest to every account whose period is over, in batches, once; or to one account, when somebody has a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits import queries
from portal.deposits.models import DepositAccount, InterestPosting
from portal.deposits.services.revising import revise_earlier
from portal.institution.queries import branches
from portal.ledger.chart import INTEREST_EXPENSE, TAX_PAYABLE
from portal.outbox.models import Job
from portal.outbox.services import enqueue

BATCH = 2_000
JOB = "deposits.interest.month"
_ONE_RUN_LOCK = 7022
_POST = queries.sql("interest_due") + queries.sql("interest_post")
_LATE = queries.sql("interest_late")
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class InterestRun:
    """What one run did: how many accounts it looked at, and how many of them earned anything."""

    accounts: int
    paid: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """One batch: the last account it looked at (None when there was none left), and what it did."""

    last: int | None
    accounts: int
    paid: int


@transactional
def ask_for_interest(*, period_end: date, key: str, by: Any, at: datetime) -> Job:
    """Have the worker post the month that ends on a day. The same `key` is the same job. Refuses what posting refuses."""
    _check_month(*queries.month_of(period_end))
    payload = {"period_end": period_end.isoformat()}
    return enqueue(kind=JOB, key=f"interest:{period_end:%Y-%m}:{key}", payload=payload, by=by, at=at)


def ask_for_what_is_due(*, at: datetime) -> None:
    """Have each branch's last month posted once its open day lies in another. Changes nothing when called again."""
    for branch in branches():
        _, end = queries.month_of(branch.business_date.replace(day=1) - timedelta(days=1))
        ask_for_interest(period_end=end, key=f"branch {branch.code}", by=None, at=at)


def post_interest(
    *,
    period_start: date,
    period_end: date,
    by: Any,
    at: datetime,
    batch: int = BATCH,
    business_date: date | None = None,
    report: Report | None = None,
) -> InterestRun:
    """Post the interest of every period that ends with a calendar month to every account that has not had it. Safe to run
    twice, at once, or again after it was killed: each batch is a transaction of its own that posts and keeps one row an
    account.

    A period begins where the account's last one ended. An account is due when its branch's open day lies after the month
    and its product ever paid interest; a frozen one is passed over until it is released. Entries are dated the open day
    (`business_date` only while old books are loaded) with the day after the month as value date; withholding tax is a line
    of its own. What was booked into earlier periods since leads to one adjusting entry. `report` hears how many accounts
    are done, of how many. Refused: a period that is not one month, and a month that no branch has left behind.
    """
    _check_month(period_start, period_end)
    total = queries.accounts_waiting(period_start, period_end) if report else 0
    accounts = paid = 0
    last: int | None = 0
    while last is not None:
        run = _Run(period_end, after=last, most=batch, business_date=business_date, memo=f"Interest {period_end:%B %Y}")
        done = _post_batch(run, by=by, at=at)
        last, accounts, paid = done.last, accounts + done.accounts, paid + done.paid
        if report and done.accounts:
            report(accounts, max(total, accounts))
    return InterestRun(accounts, paid)


@transactional
def apply_interest(*, account: DepositAccount, through: date, reason: str, by: Any, at: datetime) -> InterestPosting:
    """Post one account's interest up to a day that is over, whether its period is or not. The next run goes on from there.

    Refused: no reason, a day that is not over, an account that does not move, and one that has had it.
    """
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if through >= account.branch.business_date:
        raise Refused(f"{through:%d %B %Y} is not over at {account.branch.name}.", code="not_over", field="through")
    run = _Run(
        through, after=account.pk - 1, most=1, memo=f"Interest to {through:%d %B %Y}: {reason}"[:140], early=True
    )
    if not _post_batch(run, by=by, at=at).accounts:
        raise Refused("There is no interest to post: it was posted, or the account earns none.", code="nothing")
    return InterestPosting.objects.get(account=account, period_end=through)


@dataclass(frozen=True, slots=True)
class _Run:
    """Which accounts are posted up to which day: the next `most` of those after `after`."""

    end: date
    _: KW_ONLY
    after: int
    most: int
    memo: str
    business_date: date | None = None
    early: bool = False


@transactional
def _post_batch(run: _Run, *, by: Any, at: datetime) -> _Batch:
    """One batch in one round trip. Runs at once take turns, so that none works out what the other is posting."""
    values: dict[str, Any] = {
        **asdict(run),
        "branch": None,
        "at": at,
        "actor": by.pk if by is not None else None,
        "expense": INTEREST_EXPENSE,
        "tax": TAX_PAYABLE,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_ONE_RUN_LOCK])
        cursor.execute(_POST, values)
        last, accounts, paid = cursor.fetchone()
        cursor.execute(_LATE, values | {"last": last})
        late = cursor.fetchall()
    for posting, since in late:
        revise_earlier(posting=posting, since=since, business_date=run.business_date, by=by, at=at)
    return _Batch(last, accounts, paid)


def _check_month(start: date, end: date) -> None:
    if (start, end) != queries.month_of(start):
        raise Refused("Interest is posted for whole calendar months.", code="period", field="month")
    if not queries.branches_past(end).exists():
        raise Refused(f"{end:%B %Y} is not over at any branch.", code="not_over", field="month")
