"""The list of tries: who sees whose, what narrows it, and letting somebody in again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.signin.models import SignInAttempt, Unlock
from portal.signin.queries import is_locked
from portal.signin.services import begin_try, fail_try
from portal.signin.visit import Visit
from tests.cast import NOW, Cast

ClientFor = Callable[..., Client]
HERE = Visit("192.0.2.7", None, "Mozilla/5.0 (Windows NT 10.0) Chrome/150.0")


@pytest.fixture
def tries(cast: Cast) -> None:
    """One failure each at somebody of North, of South, of the office, and at nobody."""
    from portal.base.clock import now

    for who in (
        cast.cashier.email,
        cast.ama_user.email,
        cast.rival_cashier.email,
        cast.auditor.email,
        "no@example.org",
    ):
        fail_try(tried=begin_try(who=who, visit=HERE, at=now()), outcome="password", at=now())


def listed(client: Client, **query: str) -> str:
    return client.get(reverse("attempt_list"), query).content.decode()


@pytest.mark.usefixtures("tries")
def test_a_manager_sees_the_own_branchs_people(cast: Cast, client_for: ClientFor) -> None:
    body = listed(client_for(cast.manager))
    assert cast.cashier.email in body
    assert cast.ama_user.email in body
    for stranger in (cast.rival_cashier.email, cast.auditor.email, "no@example.org"):
        assert stranger not in body


@pytest.mark.usefixtures("tries")
@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_administrator_and_auditor_see_all(cast: Cast, client_for: ClientFor, role: str) -> None:
    body = listed(client_for(cast.of_role(role)))
    for who in (cast.cashier.email, cast.rival_cashier.email, "no@example.org"):
        assert who in body
    assert "192.0.2.7, Chrome on Windows" in body


@pytest.mark.usefixtures("tries")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"person": "cashier"}, 2 - 1),
        ({"person": "example.org"}, 5),
        ({"outcome": "succeeded"}, 0),
        ({"source": "192.0.2."}, 5),
        ({"source": "198."}, 0),
        ({"since": "2100-01-01"}, 0),
        ({"until": "2001-01-01"}, 0),
    ],
)
def test_each_field_narrows(cast: Cast, client_for: ClientFor, query: dict[str, str], count: int) -> None:
    rows = client_for(cast.auditor).get(reverse("attempt_csv"), query)
    body = b"".join(rows.streaming_content).decode()  # type: ignore[attr-defined]
    assert body.count("\r\n") - 1 == count


@pytest.mark.parametrize("query", [{"since": "soon"}, {"since": "2026-02-02", "until": "2026-01-01"}, {"outcome": "x"}])
def test_what_cannot_be_searched_for_says_so(cast: Cast, client_for: ClientFor, query: dict[str, str]) -> None:
    assert client_for(cast.auditor).get(reverse("attempt_list"), query).status_code == 422


def test_taking_the_list_away_is_in_the_trail(cast: Cast, client_for: ClientFor) -> None:
    response: Any = client_for(cast.manager).get(reverse("attempt_csv"))
    assert b"".join(response.streaming_content).startswith(b"id,at,person,tried")
    assert Event.objects.filter(verb="sign-in attempts downloaded", actor=cast.manager).exists()


def lock(email: str) -> None:
    from portal.base.clock import now

    for _ in range(5):
        fail_try(tried=begin_try(who=email, visit=HERE, at=now()), outcome="password", at=now())


def test_a_manager_sees_who_is_locked_out_and_lets_them_in(cast: Cast, client_for: ClientFor) -> None:
    lock(cast.cashier.email)
    client, url = client_for(cast.manager), reverse("attempt_unlock", args=[cast.cashier.pk])
    assert url in listed(client)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Came to my desk"}).status_code == 303
    assert not is_locked(cast.cashier)
    assert Unlock.objects.get().reason == "Came to my desk"


def test_not_of_another_branch_and_not_oneself(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    for person in (cast.rival_cashier, cast.outsider_user, cast.manager):
        answer = client.post(reverse("attempt_unlock", args=[person.pk]), {"reason": "Please"})
        assert answer.status_code == 404


def test_a_row_of_the_log_is_never_changed_or_removed(cast: Cast) -> None:
    from django.db import DatabaseError, transaction

    fail_try(tried=begin_try(who=cast.cashier.email, visit=HERE, at=NOW), outcome="password", at=NOW)
    for change in ("update", "delete"):
        with pytest.raises(DatabaseError), transaction.atomic():
            getattr(SignInAttempt.objects.all(), change)(**({"note": "x"} if change == "update" else {}))
