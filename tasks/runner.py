"""How one job is done: claimed, handled under a lease that a heartbeat renews, finished or failed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from django.db import close_old_connections, connection, transaction
from django.utils.module_loading import import_string

from portal.audit.context import acting
from portal.base.clock import now
from portal.base.errors import Refused
from portal.live.services import announce
from portal.outbox import services
from portal.outbox.models import Job

logger = logging.getLogger(__name__)


class TryAgain(Exception):
    """A handler could not do it now and says why, in words that the page of the job may show. Tried again later."""


LEASE = timedelta(seconds=60)
BEAT_SECONDS = 20.0
LONGEST_RUN_SECONDS = 3600.0
ROUND_JOBS = 200
REPORT_SECONDS = 1.0

Outcome = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""A job's result; or what writes it, called in the very transaction that marks the job done."""


class Progress(Protocol):
    """How a handler says how far it is. Raises `LeaseLost` when another worker took the job over."""

    def __call__(self, done: int, total: int, text: str = "") -> None: ...


class Handler(Protocol):
    def __call__(self, job: Job, *, at: Any, progress: Progress) -> Outcome: ...


def drain(handlers: Mapping[str, str], *, limit: int = ROUND_JOBS) -> bool:
    """Do due jobs one after another; True when the limit was reached and more may wait."""
    for _ in range(limit):
        jobs = services.claim(kinds=handlers, limit=1, lease=LEASE, at=now())
        if not jobs:
            return False
        do(jobs[0], import_string(handlers[jobs[0].kind]))
    return True


def do(job: Job, handler: Handler) -> None:
    """Run one claimed job to its end. Never raises for what the handler does."""
    with acting(actor_id=job.created_by_id, request_id=str(job.pk)), Heartbeat(job):
        try:
            _finish(job, handler(job, at=now(), progress=_Report(job)))
        except services.LeaseLost:
            logger.warning("%s went on too long and was taken over; what it did last is void.", job)
        except Refused as refusal:
            _fail(job, refusal.message, retry=False)
        except TryAgain as trouble:
            _fail(job, str(trouble), retry=True)
        except Exception:
            # One job's fault must stop neither the worker nor the jobs behind it; the log has the whole story.
            incident = uuid4().hex[:8].upper()
            logger.exception("Incident %s in %s (attempt %s)", incident, job, job.attempts)
            _fail(job, f"Something went wrong. Reference {incident}.", retry=True)
    announce(f"job:{job.pk}")


def call_each(paths: Iterable[str]) -> None:
    """Call each function with `at=`; one that fails is logged and does not keep the others from their turn."""
    for path in paths:
        with acting(actor_id=None, request_id=str(uuid4())):
            try:
                import_string(path)(at=now())
            except Exception:
                # As with jobs: the next minute calls it again.
                logger.exception("%s failed; it is called again within a minute.", path)


@transaction.atomic
def _finish(job: Job, outcome: Outcome) -> None:
    result = outcome() if callable(outcome) else outcome
    services.finish(job=job, result=result, at=now())


def _fail(job: Job, message: str, *, retry: bool) -> None:
    try:
        services.fail(job=job, message=message, retry=retry, at=now())
    except services.LeaseLost:
        logger.warning("%s was taken over while it failed.", job)


class _Report:
    """Writes progress at most once a second, and tells the pages that wait for the job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._next = now()

    def __call__(self, done: int, total: int, text: str = "") -> None:
        at = now()
        if at < self._next and done < total:
            return
        self._next = at + timedelta(seconds=REPORT_SECONDS)
        services.report_progress(job=self._job, done=done, total=total, text=text, lease=LEASE, at=at)
        announce(f"job:{self._job.pk}")


class Heartbeat:
    """Renews a job's lease from a thread of its own while the handler is busy; short jobs never see a beat.

    It stops after an hour: a handler that hangs for ever is taken for dead.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"lease of {job.pk}")

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()

    def _beat(self) -> None:
        beats_left = int(LONGEST_RUN_SECONDS / BEAT_SECONDS)
        try:
            while beats_left and not self._over.wait(BEAT_SECONDS):
                beats_left -= 1
                close_old_connections()
                services.extend(job=self._job, lease=LEASE, at=now())
        except services.LeaseLost:
            return
        except Exception:
            # A beat that cannot reach the database lets the lease run out, which is what leases are for.
            logger.exception("The lease of %s could not be renewed.", self._job)
        finally:
            connection.close()
