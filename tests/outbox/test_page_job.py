"""The page that shows how far work is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.base.clock import now
from portal.outbox.models import Job
from portal.outbox.services import claim, enqueue, fail, finish, report_progress
from portal.people.models import User
from tests.cast import make_user

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=60)


@pytest.fixture
def asker() -> User:
    return make_user(Role.AUDITOR, "Esi Auditor")


@pytest.fixture
def job(asker: User) -> Job:
    return enqueue(kind="test.work", key="1", payload={}, by=asker, at=now())


def held() -> Job:
    [job] = claim(kinds=["test.work"], limit=1, lease=LEASE, at=now())
    return job


def url(job: Job) -> str:
    return f"/jobs/{job.pk}/"


def test_the_asker_sees_it_wait_and_the_page_asks_again(client_for: Any, asker: User, job: Job) -> None:
    page = client_for(asker).get(url(job)).content.decode()
    assert "Waiting" in page
    assert f'data-live="job:{job.pk}"' in page
    assert 'hx-trigger="live, every 1s"' in page


def test_the_page_asks_less_often_as_work_takes_longer(client_for: Any, asker: User, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(created_at=now() - timedelta(minutes=5))
    assert 'hx-trigger="live, every 5s"' in client_for(asker).get(url(job)).content.decode()


def test_htmx_gets_the_fragment_only(client_for: Any, asker: User, job: Job) -> None:
    part = client_for(asker).get(url(job), headers={"HX-Request": "true", "HX-Target": "job"}).content.decode()
    assert part.lstrip().startswith('<div id="job"')


def test_progress_is_shown(client_for: Any, asker: User, job: Job) -> None:
    report_progress(job=held(), done=40, total=100, text="Accounts", lease=LEASE, at=now())
    assert "40 of 100" in client_for(asker).get(url(job)).content.decode()


def test_done_leads_to_the_result_and_asks_no_more(client_for: Any, asker: User, job: Job) -> None:
    finish(job=held(), result={"url": "/documents/1/", "label": "Download it"}, at=now())
    page = client_for(asker).get(url(job)).content.decode()
    assert '<a class="button button-primary" href="/documents/1/">Download it</a>' in page
    assert "hx-trigger" not in page.partition('<div id="job"')[2].partition("</main>")[0]


def test_failed_says_why(client_for: Any, asker: User, job: Job) -> None:
    fail(job=held(), message="The account is <closed>.", retry=False, at=now())
    assert "The account is &lt;closed&gt;." in client_for(asker).get(url(job)).content.decode()


def test_another_persons_job_is_not_found(client_for: Any, job: Job) -> None:
    assert client_for(make_user(Role.AUDITOR, "Yaw Auditor")).get(url(job)).status_code == 404


def test_who_looks_after_the_work_sees_every_job(client_for: Any, job: Job) -> None:
    assert client_for(make_user(Role.OPERATIONS_MANAGER, "Abla Operations")).get(url(job)).status_code == 200


def test_signing_in_comes_first(client: Client, job: Job) -> None:
    answer = client.get(url(job))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={url(job)}")


def test_nothing_is_changed_here(client_for: Any, asker: User, job: Job) -> None:
    assert client_for(asker).post(url(job)).status_code == 405
