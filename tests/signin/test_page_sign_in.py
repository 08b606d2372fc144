"""Signing in by e-mail and password, and what a stranger can and cannot learn there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.audit.models import Event
from portal.outbox.models import Job
from portal.outbox.services import MAIL
from portal.people.models import User
from tests.answers import without_tokens
from tests.cast import Cast, make_customer, make_user

PASSWORD = "market women count twice"


@pytest.fixture
def member(cast: Cast) -> User:
    cache.clear()
    return make_user(Role.CUSTOMER, "Yaa Member", customer=make_customer("Yaa Member", cast.north), password=PASSWORD)


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password, **extra})


def test_the_right_password_leads_home(client: Client, member: User) -> None:
    response = sign_in(client, "Yaa.Member@Example.org")
    assert response.headers["Location"] == "/"
    assert client.get(reverse("profile")).status_code == 200


def test_signing_in_makes_a_new_session(client: Client, member: User) -> None:
    client.get(reverse("account_login"))
    client.session["before"] = 1
    client.session.save()
    before = client.cookies["quayside_session"].value if "quayside_session" in client.cookies else None
    sign_in(client, member.email)
    assert client.cookies["quayside_session"].value != before


@pytest.mark.parametrize("next_url", ["/profile/", "/profile/?a=1"])
def test_next_leads_back_to_where_one_was_going(client: Client, member: User, next_url: str) -> None:
    assert sign_in(client, member.email, next=next_url).headers["Location"] == next_url


@pytest.mark.parametrize(
    "next_url",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_next_never_leads_to_another_site(client: Client, member: User, next_url: str) -> None:
    assert sign_in(client, member.email, next=next_url).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_answer_alike(client: Client, member: User) -> None:
    known, unknown = (
        without_tokens(sign_in(client, login, "not the password")).decode().replace(login, "…")
        for login in (member.email, "nobody.here@example.org")
    )
    assert known == unknown
    assert "do not fit together" in known


def test_a_failure_says_how_to_go_on(client: Client, member: User) -> None:
    assert "Forgot your password?" in sign_in(client, member.email, "wrong").content.decode()


def test_asking_for_a_new_password_answers_alike(client: Client, member: User) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (member.email, "nobody@example.org")
    ]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (302, "/password/reset/sent/")
    ] * 2


def test_mail_with_a_new_password_goes_by_the_worker_alike(client: Client, member: User) -> None:
    """So the answer's time tells nobody which addresses are known, and the link is forgotten once it is sent."""
    for email in (member.email, "nobody@example.org"):
        client.post(reverse("account_reset_password"), {"email": email})
    told = Job.objects.filter(kind=MAIL).order_by("created_at")
    assert [job.payload["to"] for job in told] == [member.email, "nobody@example.org"]
    assert mail.outbox == []
    assert "/password/reset/key/" in told[0].payload["text"]


def test_the_mail_leads_to_the_configured_address_whatever_host_was_asked(
    client: Client, member: User, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://bank.example"
    for email in (member.email, "nobody@example.org"):
        client.post(reverse("account_reset_password"), {"email": email}, headers={"host": "localhost"})
    told = [job.payload for job in Job.objects.filter(kind=MAIL).order_by("created_at")]
    assert [mail["subject"] for mail in told] == ["Choose a new password", "Your password"]
    assert all("https://bank.example/" in mail["text"] and "localhost" not in mail["text"] for mail in told)


def test_a_link_to_a_new_password_lasts_half_an_hour(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client.post(reverse("account_reset_password"), {"email": member.email})
        link = next(word for word in Job.objects.get(kind=MAIL).payload["text"].split() if "/reset/key/" in word)
        assert "password1" in client.get(link, follow=True).content.decode()
        clock.shift(timedelta(minutes=31))
        assert "password1" not in Client().get(link, follow=True).content.decode()


def test_other_tries_do_not_push_a_count_of_tries_out(client: Client, member: User) -> None:
    """The counters are rows of one table of limited size: three hundred strangers must not make it forget."""
    for _ in range(5):
        sign_in(client, member.email, "wrong")
    for number in range(320):
        cache.set(f"stranger:{number}", 1, 1800)
    assert "Too many tries for this address" in sign_in(Client(), member.email).content.decode()


def test_the_sixth_try_is_refused_even_with_the_right_password(client: Client, member: User) -> None:
    for _ in range(5):
        sign_in(client, member.email, "wrong")
    refused = sign_in(Client(), member.email)
    assert "Too many tries for this address" in refused.content.decode()


def test_an_unknown_address_is_locked_alike(client: Client, member: User) -> None:
    for _ in range(5):
        sign_in(client, "nobody@example.org", "wrong")
    assert "Too many tries for this address" in sign_in(client, "nobody@example.org", "wrong").content.decode()


def test_the_lock_opens_after_half_an_hour(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        for _ in range(6):
            sign_in(client, member.email, "wrong")
        clock.shift(timedelta(minutes=31))
        assert sign_in(client, member.email).headers["Location"] == "/"


def test_somebody_who_was_suspended_learns_so_only_with_the_password(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert sign_in(client, member.email).headers["Location"] == reverse("account_inactive")
    assert "do not fit together" in sign_in(client, member.email, "wrong").content.decode()


def test_a_suspension_ends_the_session_at_the_next_page(client: Client, member: User) -> None:
    sign_in(client, member.email)
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get(reverse("profile")).headers["Location"] == "/sign-in/?next=/profile/"


def test_a_change_of_role_counts_at_the_next_page(client: Client, cast: Cast) -> None:
    client.force_login(cast.auditor)
    assert client.get(reverse("customer_list")).status_code == 200
    User.objects.filter(pk=cast.auditor.pk).update(role=Role.ADMINISTRATOR)
    assert client.get(reverse("customer_list")).status_code == 403


def test_a_session_ends_after_a_quarter_of_an_hour_without_anybodys_doing(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, member.email)
        clock.shift(timedelta(minutes=14))
        assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(minutes=14))
        assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(minutes=16))
        assert client.get(reverse("profile")).headers["Location"] == "/sign-in/?next=/profile/"


def test_what_a_page_asks_for_by_itself_keeps_no_session_open(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, member.email)
        for _ in range(2):
            clock.shift(timedelta(minutes=7))
            assert client.get(reverse("profile"), headers={"X-Unattended": "1"}).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(reverse("profile")).status_code == 302


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, member.email)
        for _ in range(71):
            clock.shift(timedelta(minutes=10))
            assert client.get(reverse("profile")).status_code == 200
        clock.shift(timedelta(minutes=10))
        assert client.get(reverse("profile")).status_code == 302
        assert client.get(reverse("profile")).status_code == 302


def test_a_session_is_renewed_at_most_once_a_minute(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        sign_in(client, member.email)
        clock.shift(timedelta(seconds=59))
        before = Session.objects.get().expire_date
        client.get(reverse("profile"))
        assert Session.objects.get().expire_date == before
        clock.shift(timedelta(seconds=1))
        client.get(reverse("profile"))
        assert Session.objects.get().expire_date > before


def test_signing_out_needs_a_post(client: Client, member: User) -> None:
    sign_in(client, member.email)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("profile")).status_code == 200


def test_signing_out_ends_the_session_and_clears_the_browser(client: Client, member: User) -> None:
    sign_in(client, member.email)
    response = client.post(reverse("account_logout"))
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.exists()
    assert client.get(reverse("profile")).status_code == 302


def test_comings_and_goings_are_in_the_trail(client: Client, member: User) -> None:
    sign_in(client, member.email, "wrong")
    sign_in(client, member.email)
    client.post(reverse("account_logout"))
    events = list(Event.objects.order_by("pk").values_list("verb", "subject", "actor_id"))
    assert events == [
        ("sign-in refused", member.email, None),
        ("session started", member.email, member.pk),
        ("session ended", member.email, member.pk),
    ]


def test_a_password_typed_as_the_address_is_not_kept(client: Client, member: User) -> None:
    sign_in(client, PASSWORD)
    assert not Event.objects.filter(subject__contains="market").exists()


def test_changing_the_password_ends_the_other_sessions(client: Client, member: User) -> None:
    elsewhere = Client()
    sign_in(client, member.email)
    sign_in(elsewhere, member.email)
    new = "the tide turns at eleven"
    values = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), values).status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    assert elsewhere.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("wrong", "the tide turns at eleven"),
        (PASSWORD, "short"),
        (PASSWORD, "yaa.member@example.org"),
        (PASSWORD, "202611210957313842"),
        (PASSWORD, "quaysidepassword"),
        (PASSWORD, "long " * 26),
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_to_a_weak_one(
    client: Client, member: User, old: str, new: str
) -> None:
    sign_in(client, member.email)
    values = {"oldpassword": old, "password1": new, "password2": new}
    assert client.post(reverse("account_change_password"), values).status_code == 200
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
