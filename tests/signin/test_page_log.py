"""The log of who signed in and out: whose it shows to whom, what narrows it, and the file of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.base.clock import now
from portal.people.models import User
from portal.signin.models import SignInSession
from portal.signin.services import end_session
from tests.cast import Cast

ClientFor = Callable[..., Client]


def begun(user: User, words: str = "Firefox on Linux", *, hours_ago: int = 1) -> SignInSession:
    at = now() - timedelta(hours=hours_ago)
    key = f"k{SignInSession.objects.count()}"
    return SignInSession.objects.create(
        key=key, user=user, source="192.0.2.7", words=words, started_at=at, seen_at=at, is_shared=True
    )


@pytest.fixture
def log(cast: Cast) -> None:
    """One session each of the cashier (ended by the administrator), the rival in South, the auditor and Ama."""
    end_session(session=begun(cast.cashier), by=cast.administrator, at=now())
    for user in (cast.rival_cashier, cast.auditor, cast.ama_user):
        begun(user)


def rows(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("session_log_csv"), query)
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return body.splitlines()[1:]


@pytest.mark.usefixtures("log")
def test_staff_are_shown_unless_others_are_asked_for(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.auditor)
    body = client.get(reverse("session_log")).content.decode()
    assert cast.cashier.full_name in body
    assert "192.0.2.7" in body
    assert not [row for row in rows(client) if cast.ama_user.full_name in row]
    assert [row for row in rows(client, who="customer") if cast.ama_user.full_name in row]
    assert len(rows(client, who="everybody")) == len(rows(client)) + len(rows(client, who="customer"))


@pytest.mark.usefixtures("log")
def test_a_manager_sees_the_own_branchs_people_only(cast: Cast, client_for: ClientFor) -> None:
    found = "\n".join(rows(client_for(cast.manager), who="everybody"))
    assert cast.cashier.full_name in found
    assert cast.ama_user.full_name in found
    assert cast.rival_cashier.full_name not in found
    assert cast.auditor.full_name not in found


@pytest.mark.usefixtures("log")
def test_it_says_who_ended_a_session_and_which_are_open(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.auditor)
    body = client.get(reverse("session_log"), {"person": cast.cashier.full_name}).content.decode()
    assert f"Ended by an administrator, {cast.administrator}" in body
    ended = rows(client, ended="administrator")
    assert len(ended) == 1
    assert cast.cashier.full_name in ended[0]
    still = "\n".join(rows(client, ended="open"))
    assert cast.rival_cashier.full_name in still
    assert cast.cashier.full_name not in still


@pytest.mark.usefixtures("log")
def test_days_narrow_and_an_empty_list_says_how_to_go_on(cast: Cast, client_for: ClientFor) -> None:
    body = client_for(cast.auditor).get(reverse("session_log"), {"since": "2100-01-01"}).content.decode()
    assert "Nobody signed in so." in body


@pytest.mark.parametrize("query", [{"since": "2026-02-02", "until": "2026-01-01"}, {"who": "king"}, {"ended": "x"}])
@pytest.mark.parametrize("name", ["session_log", "session_log_csv"])
def test_what_cannot_be_searched_for_says_so(
    cast: Cast, client_for: ClientFor, name: str, query: dict[str, str]
) -> None:
    assert client_for(cast.auditor).get(reverse(name), query).status_code == 422


@pytest.mark.usefixtures("log")
def test_taking_the_file_is_written_down(cast: Cast, client_for: ClientFor) -> None:
    rows(client_for(cast.auditor), who="customer")
    assert Event.objects.get(verb="log of sessions downloaded").detail == {"who": "customer"}
