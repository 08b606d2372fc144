"""What plans, standing orders and dividends leave to the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.deposits import services
from portal.deposits.models import Dividend
from portal.institution.models import Branch
from portal.outbox.models import Job
from tasks.runner import Progress


def run_day(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """A branch's open day: maturities, notices, standing orders, fines. Result: how many of each."""
    branch = Branch.objects.get(code=job.payload["branch"])
    return asdict(services.run_branch_day(branch=branch, at=at))


def run_dividend(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Pay a dividend to whoever has not had it. Result: how many were paid."""
    dividend = Dividend.objects.select_related("product").get(pk=job.payload["dividend"])

    def report(done: int, total: int) -> None:
        progress(done, total, f"Dividend to {dividend.period_end:%d %B %Y}, holders")

    return {"paid": services.pay_dividend(dividend=dividend, by=job.created_by, at=at, report=report)}


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: a branch that has opened another day wants it done."""
    services.ask_for_plan_days(at=at)
