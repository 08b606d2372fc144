"""Once each business day the people who decide on a branch's cheques are told what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.deposits.services.cheque_days import ask_to_tell, tell_of_due
from portal.institution.models import Branch
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """A branch's open day. Result: how many people were told."""
    branch = Branch.objects.get(code=job.payload["branch"])
    return {"told": tell_of_due(branch=branch, at=at)}


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: a branch with cheques due on its open day wants somebody told, once."""
    ask_to_tell(at=at)
