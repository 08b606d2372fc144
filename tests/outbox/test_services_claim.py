"""What the worker does to a job: claim, report, finish, fail. Whoever lost the lease changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from portal.outbox.models import Job
from portal.outbox.services import LeaseLost, claim, enqueue, extend, fail, finish, report_progress

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
KIND = "test.work"

pytestmark = pytest.mark.django_db


def ask(key: str = "one", **more: Any) -> Job:
    return enqueue(kind=KIND, key=key, payload={}, by=None, at=AT, **more)


def take(at: datetime = AT, limit: int = 10) -> list[Job]:
    return claim(kinds=[KIND], limit=limit, lease=LEASE, at=at)


def test_a_claimed_job_is_not_claimed_again() -> None:
    ask()
    assert [job.attempts for job in take()] == [1]
    assert take() == []


def test_oldest_first_and_only_what_is_due_and_known() -> None:
    ask("later", run_after=AT + timedelta(hours=1))
    ask("second", run_after=AT - timedelta(seconds=1))
    ask("first", run_after=AT - timedelta(seconds=2))
    enqueue(kind="test.unknown", key="x", payload={}, by=None, at=AT)
    assert [job.key for job in take()] == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_work() -> None:
    for number in range(20):
        ask(str(number))

    def some(_: int) -> list[str]:
        try:
            with transaction.atomic():
                return [job.key for job in take(limit=5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        keys = [key for taken in workers.map(some, range(4)) for key in taken]
    assert len(keys) == len(set(keys))
    assert Job.objects.filter(state="running").count() == len(keys) > 0


def test_a_dead_lease_is_taken_over_and_the_first_worker_changes_nothing() -> None:
    ask()
    [first] = take()
    [second] = take(AT + LEASE + timedelta(seconds=1))
    for attempt in (
        lambda: finish(job=first, result={"by": "first"}, at=AT),
        lambda: fail(job=first, message="late", retry=True, at=AT),
        lambda: extend(job=first, lease=LEASE, at=AT),
        lambda: report_progress(job=first, done=1, total=2, text="", lease=LEASE, at=AT),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    assert finish(job=second, result={"by": "second"}, at=AT).result == {"by": "second"}


def test_a_renewed_lease_is_not_taken_over() -> None:
    ask()
    [job] = take()
    extend(job=job, lease=LEASE, at=AT + timedelta(seconds=50))
    assert take(AT + timedelta(seconds=70)) == []


def test_progress_is_written_and_renews_the_lease() -> None:
    ask()
    [job] = take()
    report_progress(job=job, done=3, total=9, text="Accounts", lease=LEASE, at=AT + timedelta(seconds=50))
    job.refresh_from_db()
    assert (job.progress_done, job.progress_total, job.progress_text) == (3, 9, "Accounts")
    assert job.lease_until == AT + timedelta(seconds=110)


def test_work_that_kills_its_worker_each_time_fails_in_the_end() -> None:
    job = ask()
    for attempt in range(job.max_attempts):
        assert len(take(AT + attempt * timedelta(hours=1))) == 1
    assert take(AT + timedelta(days=1)) == []
    job.refresh_from_db()
    assert job.state == "failed"
    assert "stopped each time" in job.error


def test_a_failed_attempt_is_tried_again_later_each_time() -> None:
    job, at, waits = ask(), AT, []
    while job.state != "failed":
        [held] = take(at)
        job = fail(job=held, message="No.", retry=True, at=at)
        waits.append((job.run_after - at).total_seconds())
        at = max(at, job.run_after)
    assert waits[:-1] == [5, 30, 120, 600]
    assert (job.attempts, job.error) == (5, "No.")


def test_a_refusal_is_not_tried_again() -> None:
    ask()
    [held] = take()
    assert fail(job=held, message="The account is closed.", retry=False, at=AT).state == "failed"


def test_a_result_is_written_only_together_with_the_end() -> None:
    ask()
    [first] = take()
    [second] = take(AT + timedelta(hours=1))

    @transaction.atomic
    def end_late() -> None:
        ask("made by the first")
        finish(job=first, result={}, at=AT)

    with pytest.raises(LeaseLost):
        end_late()
    finish(job=second, result={}, at=AT)
    assert not Job.objects.filter(key="made by the first").exists()


def test_the_text_of_a_sent_mail_is_not_kept() -> None:
    enqueue(kind="mail.send", key="1", payload={"to": "a@example.com", "text": "secret"}, by=None, at=AT)
    [job] = claim(kinds=["mail.send"], limit=1, lease=LEASE, at=AT)
    assert finish(job=job, result={}, at=AT).payload == {"to": "a@example.com", "text": ""}


@pytest.mark.parametrize(
    "change",
    [
        {"state": "running"},
        {"state": "done"},
        {"state": "lost"},
        {"attempts": 9},
        {"finished_at": AT},
        {"lease_until": AT, "state": "done"},
    ],
)
def test_the_database_refuses_a_job_in_no_state(change: dict[str, Any]) -> None:
    job = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**change)
