"""The real worker in a process of its own, nudged and killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from portal.audit.models import Event
from portal.base.clock import now
from portal.outbox.models import Job
from portal.outbox.services import enqueue
from tasks.tasks import wake
from tests.processes import until, worker
from tests.working import SLOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """Where slow work notes who began it."""
    file = tmp_path / "begun"
    file.touch()
    return file


def ask(key: str, begun: Path, seconds: float) -> Job:
    with transaction.atomic():
        return enqueue(kind=SLOW, key=key, payload={"begun": str(begun), "seconds": seconds}, by=None, at=now())


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == "done"


def nudged_and_done(job: Job) -> bool:
    wake()
    return is_done(job)


def nudges() -> int:
    return int(settings.HUEY.pending_count())


def test_many_jobs_leave_one_nudge(begun: Path) -> None:
    for number in range(5):
        ask(str(number), begun, 0)
    assert nudges() == 1


def test_a_nudge_costs_the_request_no_wait_for_the_disk() -> None:
    wake()
    with settings.HUEY.storage.db() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("off",)


def test_work_begins_at_once_when_asked_for(begun: Path) -> None:
    with worker():
        first = ask("first", begun, 0)
        until(lambda: is_done(first))
        second = ask("second", begun, 0)
        until(lambda: is_done(second), seconds=3)


def test_a_killed_worker_loses_nothing_and_doubles_nothing(begun: Path) -> None:
    job = ask("slow", begun, 1.5)
    with worker() as first:
        until(begun.read_text)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    job.refresh_from_db()
    assert job.state == "running"
    with worker():
        until(lambda: nudged_and_done(job))
    assert len(begun.read_text().split()) == 2
    assert Event.objects.filter(verb="slow work done").count() == 1


def test_work_longer_than_its_lease_keeps_it(begun: Path) -> None:
    with worker():
        job = ask("long", begun, 5)
        until(lambda: nudged_and_done(job))
    assert len(begun.read_text().split()) == 1
    assert job.attempts == 1
