"""Announcements: to whom they are meant, only after a second person, and read before the next transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.announcements import queries, services
from portal.announcements.models import Announcement, Reading
from portal.announcements.services import Wanted
from portal.approvals.services import decide
from portal.base.clock import now
from portal.base.errors import Refused
from portal.notifications.models import Notice
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def draft(cast: Cast, by: Any = None, **more: Any) -> Announcement:
    given: dict[str, Any] = {
        "title": "Open on Saturday",
        "text": "From <b>9</b> to 13.",
        "severity": "info",
        "roles": [],
        "branches": [],
        "products": [],
        "shown_from": now() - timedelta(hours=1),
        "shown_until": now() + timedelta(days=1),
    }
    by = by or cast.operations_manager
    return services.write_announcement(wanted=Wanted(**given | more), by=by, at=now())


def published(cast: Cast, **more: Any) -> Announcement:
    row = draft(cast, **more)
    request = services.ask_to_publish(announcement=row, by=cast.operations_manager, at=now())
    decide(request=request, approve=True, by=cast.administrator, at=now())
    row.refresh_from_db()
    return row


def seen_by(user: Any) -> int:
    return queries.announcements_for(user, at=now()).count()


def test_nothing_is_shown_before_a_second_person_agreed(cast: Cast) -> None:
    row = draft(cast)
    assert seen_by(cast.ama_user) == 0
    request = services.ask_to_publish(announcement=row, by=cast.operations_manager, at=now())
    with pytest.raises(Refused):
        decide(request=request, approve=True, by=cast.operations_manager, at=now())
    assert seen_by(cast.ama_user) == 0
    decide(request=request, approve=True, by=cast.administrator, at=now())
    assert seen_by(cast.ama_user) == 1


def test_whoever_approves_reads_all_that_is_asked(cast: Cast, client_for: Browser) -> None:
    row = draft(cast, roles=[Role.MOBILE_BANKER], products=[cast.savings], must_read=True, by_mail=True, severity="bad")
    request = services.ask_to_publish(announcement=row, by=cast.operations_manager, at=now())
    page = client_for(cast.administrator).get(reverse("approval", args=[request.pk])).content.decode()
    said = ("Mobile banker", cast.savings.name, "must be read", "by e-mail", "Disruption", "every branch")
    assert [words for words in said if words not in page] == []


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ({"roles": [Role.CUSTOMER]}, ("ama_user", "outsider_user")),
        ({"branches": "north"}, ("ama_user", "cashier", "manager", "operations_manager")),
        ({"products": "current"}, ("ama_user", "cashier", "rival_cashier", "manager", "operations_manager")),
    ],
)
def test_it_reaches_whom_it_is_meant_for(cast: Cast, audience: dict[str, Any], who: tuple[str, ...]) -> None:
    given = {name: [getattr(cast, value)] if isinstance(value, str) else value for name, value in audience.items()}
    published(cast, **given)
    everybody = ("ama_user", "outsider_user", "cashier", "rival_cashier", "manager", "operations_manager")
    reached = {name for name in everybody if seen_by(getattr(cast, name))}
    assert reached == set(who)
    assert {name for name in everybody if queries.news_for(getattr(cast, name), at=now())} == reached


def test_a_manager_writes_to_the_own_branch_alone(cast: Cast) -> None:
    row = draft(cast, by=cast.manager, branches=[cast.south])
    assert list(row.branches.all()) == [cast.north]
    with pytest.raises(Refused):
        services.withdraw(announcement=row, by=cast.rival_manager, at=now())


def test_before_and_after_its_days_it_is_not_shown(cast: Cast) -> None:
    row = published(cast)
    for moment in (row.shown_from - timedelta(seconds=1), row.shown_until):
        assert not queries.announcements_for(cast.ama_user, at=moment).exists()
        assert not queries.news_for(cast.ama_user, at=moment)


def test_what_must_be_read_stands_before_the_next_transfer_once(cast: Cast, client_for: Browser) -> None:
    published(cast, must_read=True)
    client = client_for(cast.ama_user)
    first = client.get(reverse("transfer_start"))
    assert first.headers["Location"].startswith(reverse("announcement_duties"))
    page = client.get(first.headers["Location"]).content.decode()
    assert "From &lt;b&gt;9&lt;/b&gt; to 13." in page
    done = client.post(reverse("announcement_duties"), {"next": reverse("transfer_start")})
    assert done.headers["Location"] == reverse("transfer_start")
    assert client.get(reverse("transfer_start")).status_code == 200
    assert client.get(reverse("account_list")).status_code == 200
    assert Reading.objects.get().user == cast.ama_user
    assert not queries.news_for(cast.ama_user, at=now())
    assert queries.news_for(cast.outsider_user, at=now())


@pytest.mark.parametrize("way_on", ["https://evil.example/", "//evil.example/"])
def test_having_read_leads_nowhere_else(cast: Cast, client_for: Browser, way_on: str) -> None:
    response = client_for(cast.ama_user).post(reverse("announcement_duties"), {"next": way_on})
    assert response.headers["Location"] == "/"


def test_only_public_ones_stand_before_sign_in(cast: Cast, client: Client) -> None:
    published(cast, title="For everybody", is_public=True)
    published(cast, title="For those inside")
    page = client.get(reverse("announcement_public")).content.decode()
    assert (page.count("For everybody"), "For those inside" in page) == (1, False)


def test_copies_go_once_to_each(cast: Cast) -> None:
    published(cast, by_mail=True, roles=[Role.CUSTOMER])
    assert [services.send_copies(at=now()) for _ in range(2)] == [3, 0]
    assert Notice.objects.filter(kind="announcement").count() == 3
