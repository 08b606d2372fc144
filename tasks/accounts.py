"""What a branch's accounts need once each business day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.deposits.services import daily
from portal.institution.models import Branch
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Look after the accounts of the payload's branch. Result: how many were charged, paid and made dormant."""
    branch = Branch.objects.get(pk=job.payload["branch"])
    progress(0, 1, f"Accounts of {branch.name}")
    return daily.do_the_day(branch=branch, at=at)
