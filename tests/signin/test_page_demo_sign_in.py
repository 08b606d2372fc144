"""The demonstration's way in: one click, only while the demonstration is on, only as people who do not exist."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.access.roles import Role
from portal.audit.models import Event
from portal.people.models import User
from tests.cast import Cast, make_user


@pytest.fixture
def made_up(cast: Cast, settings: Settings) -> User:
    settings.DEMONSTRATION = True
    user = make_user(Role.AUDITOR, "Demo Auditor")
    User.objects.filter(pk=user.pk).update(email="auditor@quayside.example")
    user.refresh_from_db()
    return user


def enter(client: Client, email: str, **extra: str) -> tuple[int, str]:
    response = client.post(reverse("demo_sign_in"), {"email": email, **extra})
    return response.status_code, response.headers.get("Location", "")


def test_one_click_signs_in(client: Client, made_up: User) -> None:
    assert enter(client, made_up.email) == (303, "/")
    assert "Demo Auditor" in client.get(reverse("profile")).content.decode()
    assert Event.objects.get(verb="session started").actor == made_up


def test_the_sign_in_page_offers_one_person_a_role(client: Client, made_up: User) -> None:
    body = client.get(reverse("account_login")).content.decode()
    assert body.count('name="email" value="auditor@quayside.example"') == 1
    assert "example.org" not in body


@pytest.mark.parametrize("email", ["efua.manager@example.org", "", "nobody@quayside.example", "@quayside.example"])
def test_real_people_cannot_be_entered(client: Client, made_up: User, email: str) -> None:
    assert enter(client, email) == (404, "")


def test_neither_can_somebody_suspended(client: Client, made_up: User) -> None:
    User.objects.filter(pk=made_up.pk).update(is_active=False)
    assert enter(client, made_up.email) == (404, "")


def test_in_a_real_installation_there_is_no_such_way(client: Client, made_up: User, settings: Settings) -> None:
    settings.DEMONSTRATION = False
    assert enter(client, made_up.email) == (404, "")
    assert "Look around" not in client.get(reverse("account_login")).content.decode()


def test_it_takes_a_post_with_a_token(made_up: User) -> None:
    assert Client().get(reverse("demo_sign_in")).status_code == 405
    assert enter(Client(enforce_csrf_checks=True), made_up.email)[0] == 403


def test_the_session_of_whoever_sat_there_before_is_gone(client: Client, made_up: User, cast: Cast) -> None:
    client.force_login(cast.manager)
    before = client.session.session_key
    enter(client, made_up.email)
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(made_up.pk)


def test_next_stays_on_this_site(client: Client, made_up: User) -> None:
    assert enter(client, made_up.email, next="/profile/")[1] == "/profile/"
    assert enter(client, made_up.email, next="https://evil.example/")[1] == "/"
