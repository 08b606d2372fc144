"""Tells somebody that too many tries to sign in as them failed; nobody, when nobody has the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.outbox.models import Job
from portal.signin.services import tell_locked
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Ask for the mail. Result: whether there was anybody to tell."""
    told = tell_locked(who=job.payload["who"], device=job.payload["device"], source=job.payload["source"], at=at)
    return {"told": told is not None}
