"""Kinds of work for the runner's tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.audit.services import record
from portal.base.errors import Refused
from portal.outbox.models import Job
from portal.outbox.services import claim
from tasks.runner import LEASE, Progress

DONE = "work done"
HANDLERS = {
    f"test.{name}": f"tests.tasks.handlers.{name}"
    for name in ("plain", "writes", "refuses", "breaks", "counts", "loses")
}
Outcome = Mapping[str, Any] | Callable[[], Mapping[str, Any]]


def plain(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    return {"n": job.payload.get("n")}


def writes(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    """Its result is an event, written in the transaction that ends the job."""

    def result() -> Mapping[str, Any]:
        record(verb=DONE, subject=job.key, by=None, at=at)
        return {}

    return result


def refuses(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    raise Refused("The account is closed.")


def breaks(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    raise ZeroDivisionError("secret 4711")


def counts(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    for number in range(1000):
        progress(number, 1000, "Accounts")
    progress(1000, 1000, "Accounts")
    return {}


def loses(job: Job, *, at: datetime, progress: Progress) -> Outcome:
    """While it is busy its lease runs out and another worker takes the job."""
    assert job.lease_until is None
    Job.objects.filter(pk=job.pk).update(lease_until=at)
    claim(kinds=[job.kind], limit=1, lease=LEASE, at=at + LEASE)
    return writes(job, at=at, progress=progress)
