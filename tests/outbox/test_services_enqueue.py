"""Asking for work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.base.errors import Refused
from portal.outbox.models import Job
from portal.outbox.services import enqueue, send_mail
from tests.outbox import bell

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(settings: Any) -> list[str]:
    """What the worker hears: one entry for each nudge."""
    settings.OUTBOX_WAKE = "tests.outbox.bell.ring"
    bell.rung.clear()
    return bell.rung


def ask(key: str = "one", **payload: Any) -> Job:
    return enqueue(kind="test.work", key=key, payload=payload, by=None, at=AT)


def test_a_job_is_one_insert() -> None:
    with CaptureQueriesContext(connection) as queries:
        job = ask(n=1)
    assert len(queries) == 1
    assert (job.state, job.attempts, job.payload) == ("waiting", 0, {"n": 1})


def test_the_same_key_gives_the_job_that_is_there() -> None:
    first = ask(n=1)
    again = ask(n=2)
    assert (again.pk, again.payload) == (first.pk, {"n": 1})
    assert Job.objects.count() == 1


def test_the_same_key_of_another_kind_is_another_job() -> None:
    other = enqueue(kind="test.other", key="one", payload={}, by=None, at=AT)
    assert other.pk != ask("one").pk


@pytest.mark.django_db(transaction=True)
def test_many_jobs_of_one_transaction_ring_once_after_commit(heard: list[str]) -> None:
    with transaction.atomic():
        ask("one")
        with transaction.atomic():
            ask("two")
        assert heard == []
    assert heard == ["rung"]


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_after_a_rolled_back_one_still_rings(heard: list[str]) -> None:
    with transaction.atomic():
        with transaction.atomic():
            ask("one")
            transaction.set_rollback(True)
        ask("two")
    assert heard == ["rung"]
    assert [job.key for job in Job.objects.all()] == ["two"]


@pytest.mark.django_db(transaction=True)
def test_a_broken_queue_loses_nothing(settings: Any) -> None:
    settings.OUTBOX_WAKE = "tests.outbox.bell.broken"
    ask()
    assert Job.objects.get().state == "waiting"


def test_mail_is_a_job() -> None:
    job = send_mail(key="welcome 7", to="ama@example.com", subject="Welcome", text="Hello.", by=None, at=AT)
    assert (job.kind, job.payload["to"]) == ("mail.send", "ama@example.com")


@pytest.mark.parametrize(
    ("to", "subject", "field"),
    [
        ("nobody", "Hello", "email"),
        ("a@example.com\nBcc: b@example.com", "Hello", "email"),
        ("a@example.com", "A\nB", "subject"),
    ],
)
def test_mail_that_could_carry_other_headers_is_refused(to: str, subject: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        send_mail(key="1", to=to, subject=subject, text="", by=None, at=AT)
    assert refusal.value.field == field
