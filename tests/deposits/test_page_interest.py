"""The page of interest: who may open it, what it says, and the job it asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import InterestPosting
from portal.outbox.models import Job
from tasks import interest as task
from tests.cast import NOW, Cast
from tests.deposits.test_services_post_interest import book, new_account

ClientFor = Callable[..., Client]
OCTOBER = {"month": "2026-10-31"}


def with_interest(cast: Cast) -> None:
    book(new_account(cast, cast.savings), [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])


def no_progress(done: int, total: int, text: str = "") -> None:
    assert done <= total


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("operations_manager", 200),
        ("ama_user", 403),
        ("cashier", 403),
        ("manager", 403),
        ("administrator", 403),
        ("auditor", 403),
    ],
)
def test_who_may_open_it(cast: Cast, client_for: ClientFor, who: str, status: int) -> None:
    client, url = client_for(getattr(cast, who)), reverse("interest_runs")
    assert client.get(url).status_code == status
    if status == 403:
        assert client.post(url, OCTOBER | {"key": new_key()}).status_code == 403
    assert client.delete(url).status_code in {405, 403}


def test_what_would_be_posted_is_worked_out_when_asked(cast: Cast, client_for: ClientFor) -> None:
    with_interest(cast)
    client = client_for(cast.operations_manager)
    assert "13.95" not in client.get(reverse("interest_runs")).content.decode()
    assert "13.95" in client.get(reverse("interest_runs"), {"due": "1"}).content.decode()


def test_asking_makes_one_job_however_often(cast: Cast, client_for: ClientFor) -> None:
    client, form = client_for(cast.operations_manager), OCTOBER | {"key": new_key()}
    first, again = (client.post(reverse("interest_runs"), form) for _ in range(2))
    job = Job.objects.get(kind="deposits.interest.month")
    assert first.status_code == 303
    assert first.headers["Location"] == again.headers["Location"] == reverse("job_detail", args=[job.pk])
    assert job.payload == {"period_end": "2026-10-31"}


@pytest.mark.parametrize("month", ["", "2026-11-30", "2031-01-31", "soon"])
def test_a_month_that_is_not_over_is_refused(cast: Cast, client_for: ClientFor, month: str) -> None:
    response = client_for(cast.operations_manager).post(reverse("interest_runs"), {"month": month, "key": new_key()})
    assert (response.status_code, Job.objects.exists()) == (422, False)


def test_the_job_posts_the_month_and_the_page_shows_it(cast: Cast, client_for: ClientFor) -> None:
    with_interest(cast)
    job = services.ask_for_interest(period_end=date(2026, 10, 31), key="test", by=cast.operations_manager, at=NOW)
    first, again = (task.run(job, at=NOW, progress=no_progress) for _ in range(2))
    assert (first["paid"], again["accounts"]) == (1, 0)
    assert first["url"] == reverse("interest_runs")
    assert "were paid interest" in first["label"]
    assert again["label"] == "Nothing was left to post"
    page = client_for(cast.operations_manager).get(reverse("interest_runs")).content.decode()
    assert "Every account has its interest of this month" in page
    assert "13.95" in page
    posting = InterestPosting.objects.exclude(entry=None).get()
    assert posting.entry is not None
    assert posting.entry.actor == cast.operations_manager


def test_each_branch_asks_once_when_it_enters_a_month(cast: Cast) -> None:
    for _ in range(3):
        task.ask_for_what_is_due(at=NOW)
    keys = Job.objects.values_list("key", flat=True).order_by("key")
    assert list(keys) == ["interest:2026-10:branch 01", "interest:2026-10:branch 02"]
    cast.north.business_date = date(2026, 12, 1)
    cast.north.save()
    task.ask_for_what_is_due(at=NOW)
    assert Job.objects.filter(key="interest:2026-11:branch 01").exists()
    assert Job.objects.count() == 3
