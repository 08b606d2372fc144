"""What loans leave to the worker: each business day of a branch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.institution.models import Branch
from portal.loans import services
from portal.outbox.models import Job
from tasks.runner import Progress


def run_day(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """A branch's loans up to its open day, then what is collected, which offers lapse and who is told. Result: how many of
    each.
    """
    branch = Branch.objects.get(code=job.payload["branch"])

    def report(done: int, total: int) -> None:
        progress(done, total, f"Loans of {branch.name}")

    worked = services.work_loans(branch=branch, at=at, report=report)
    paid, refused = services.collect_due(branch=branch, at=at)
    lapsed = services.lapse_offers(branch=branch, at=at)
    told = services.tell_of_arrears(branch=branch, at=at)
    return {
        "loans": worked.loans,
        "failed": worked.failed,
        "paid": paid,
        "not paid": refused,
        "lapsed": lapsed,
        "told": told,
    }
