"""One job from claim to end."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.audit.models import Event
from portal.base.clock import now
from portal.outbox.models import Job
from portal.outbox.services import enqueue
from tasks import runner
from tests.tasks.handlers import DONE, HANDLERS

pytestmark = pytest.mark.django_db


def done(kind: str, **payload: Any) -> Job:
    """The job after one round of the worker."""
    job = enqueue(kind=f"test.{kind}", key="1", payload=payload, by=None, at=now())
    runner.drain(HANDLERS)
    job.refresh_from_db()
    return job


def test_what_a_handler_returns_is_the_result() -> None:
    job = done("plain", n=7)
    assert (job.state, job.result) == ("done", {"n": 7})


def test_a_result_that_writes_is_written_once() -> None:
    assert done("writes").state == "done"
    assert Event.objects.filter(verb=DONE).count() == 1


def test_a_refusal_is_told_to_the_person_and_not_tried_again() -> None:
    job = done("refuses")
    assert (job.state, job.error, job.attempts) == ("failed", "The account is closed.", 1)


def test_a_bug_gets_a_reference_that_stands_in_the_log_and_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    job = done("breaks")
    assert job.state == "waiting"
    reference = job.error.removeprefix("Something went wrong. Reference ").rstrip(".")
    assert f"Incident {reference}" in caplog.text
    assert "4711" not in job.error


def test_a_bug_keeps_nothing_behind_it_waiting() -> None:
    enqueue(kind="test.breaks", key="first", payload={}, by=None, at=now())
    assert done("plain").state == "done"


def test_work_taken_over_by_another_worker_writes_nothing() -> None:
    job = done("loses")
    assert job.state == "running"
    assert not Event.objects.filter(verb=DONE).exists()


def test_progress_is_written_at_most_once_a_second() -> None:
    with CaptureQueriesContext(connection) as queries:
        job = done("counts")
    assert (job.progress_done, job.progress_total) == (1000, 1000)
    assert sum("progress_done" in query["sql"] and "UPDATE" in query["sql"] for query in queries) <= 5


def test_a_round_is_bounded_and_says_that_more_may_wait() -> None:
    for number in range(3):
        enqueue(kind="test.plain", key=str(number), payload={}, by=None, at=now())
    assert runner.drain(HANDLERS, limit=2) is True
    assert runner.drain(HANDLERS, limit=2) is False
    assert Job.objects.filter(state="done").count() == 3


def test_of_the_minutes_calls_one_that_fails_does_not_stop_the_next(caplog: pytest.LogCaptureFixture) -> None:
    runner.call_each(["tests.outbox.bell.broken", "portal.documents.services.forget_expired"])
    assert "tests.outbox.bell.broken failed" in caplog.text
