"""What plans and standing orders need done on each business day of a branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.deposits.services.contributions import fine_late_contributions
from portal.deposits.services.fixed import mature_fixed, notice_maturities
from portal.deposits.services.standing import run_standing
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.outbox.services import enqueue

JOB = "deposits.plans.day"


@dataclass(frozen=True, slots=True)
class DayRun:
    """What a run did, counted."""

    matured: int
    noticed: int
    sent: int
    not_sent: int
    fined: int


def run_branch_day(*, branch: Branch, at: datetime) -> DayRun:
    """Deposits that mature, notices, standing orders, fines, in this order: what matures can be sent on the same day.

    Each piece is a transaction of its own and done once, so that a run may be killed, repeated, or doubled.
    """
    matured = mature_fixed(branch=branch, at=at)
    noticed = notice_maturities(branch=branch, at=at)
    sent, not_sent = run_standing(branch=branch, at=at)
    fined = fine_late_contributions(branch=branch, at=at)
    return DayRun(matured, noticed, sent, not_sent, fined)


def ask_for_plan_days(*, at: datetime) -> None:
    """Have the worker do what each branch's open day wants. Changes nothing when called again that day."""
    for branch in branches():
        if branch.history_from is None:
            key = f"{branch.code}:{branch.business_date}"
            enqueue(kind=JOB, key=key, payload={"branch": branch.code}, by=None, at=at)
