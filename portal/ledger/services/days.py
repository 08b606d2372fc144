"""The days that take entries: one open at each branch, old ones while old books are loaded, none in a closed period."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.institution.models import Branch
from portal.ledger.errors import DayClosed
from portal.ledger.models import Period, PeriodReopening
from portal.ledger.services.posting import call


@transactional
def open_history(*, branch: Branch, since: date, by: Any, at: datetime) -> None:
    """Let old days take entries again, from `since`, while old books are loaded. Snapshots after it are forgotten.

    Only loading commands call this; `close_history` ends it.
    """
    call("SELECT ledger.forget_snapshots(%s, %s)", [branch.pk, since])
    branch.history_from = since
    branch.save(update_fields=["history_from"])


@transactional
def close_history(*, branch: Branch, by: Any, at: datetime) -> None:
    """Old days take no more entries."""
    branch.history_from = None
    branch.save(update_fields=["history_from"])


@transactional
def open_day(*, branch: Branch, day: date, by: Any, at: datetime) -> None:
    """Open the next business day of a branch. Waits for entries under way; refused when the day is not later."""
    lock_day(branch)
    branch.refresh_from_db(fields=["business_date"])
    if day <= branch.business_date:
        raise DayClosed(f"{branch.name} already has {branch.business_date:%d %B %Y} open.")
    branch.business_date = day
    branch.save(update_fields=["business_date"])


@transactional
def close_period(*, branch: Branch, through: date, by: Any, at: datetime) -> Period:
    """Close a branch's books up to and including a day: nothing posts there any more.

    Refused for the open day and later days, and for a day before the one closed already.
    """
    lock_day(branch)
    branch.refresh_from_db(fields=["business_date"])
    period = Period.objects.filter(branch=branch).first()
    if through >= branch.business_date:
        raise DayClosed("The open business day cannot be closed with the period.", field="through")
    if period is not None and through <= period.closed_through:
        raise DayClosed(f"The books are closed through {period.closed_through:%d %B %Y} already.", field="through")
    values = {"closed_through": through, "closed_at": at, "closed_by": by}
    return Period.objects.update_or_create(branch=branch, defaults=values)[0]


@transactional
def reopen_period(
    *, period: Period, through: date, reason: str, by: Any, approved_by: Any, at: datetime
) -> PeriodReopening:
    """Let a branch's books be closed only up to an earlier day again: reversals and late value dates pass there.

    The database refuses a day that is not earlier, one person alone, and no reason. Days themselves do not open again:
    an entry still carries the open business date.
    """
    lock_day(period.branch)
    reopening = PeriodReopening.objects.create(
        branch=period.branch,
        was_closed_through=period.closed_through,
        through=through,
        reason=reason,
        asked_by=by,
        approved_by=approved_by,
        at=at,
    )
    period.closed_through, period.closed_at, period.closed_by = through, at, by
    period.save(update_fields=["closed_through", "closed_at", "closed_by"])
    return reopening


def lock_day(branch: Branch) -> None:
    """Keep entries out until this transaction ends; `ledger.post_entries` takes the same lock shared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7011, %s)", [branch.pk])
