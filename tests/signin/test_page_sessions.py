"""Where one is signed in: one's own list, ending sessions, who must give way to whom, and what the next page says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.access.roles import Role
from portal.base.clock import now
from portal.outbox.models import Job
from portal.people.models import User
from portal.signin.models import Device, SignInAttempt, SignInSession
from portal.signin.services import end_idle_sessions, end_sessions_of
from tests.cast import Cast, make_customer, make_user

PASSWORD = "market women count twice"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
)

ClientFor = Callable[..., Client]


@pytest.fixture
def member(cast: Cast) -> User:
    return make_user(Role.CUSTOMER, "Yaa Member", customer=make_customer("Yaa Member", cast.north), password=PASSWORD)


def sign_in(user: User, agent: str = FIREFOX, *, client: Client | None = None, password: str = PASSWORD) -> Client:
    client = client or Client(headers={"User-Agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def shown(client: Client, name: str = "session_list") -> str:
    return client.get(reverse(name)).content.decode()


def test_the_list_names_device_and_address_and_says_which_is_this(member: User) -> None:
    sign_in(member, IPHONE)
    body = shown(sign_in(member))
    assert body.index("Firefox on Linux") < body.index("Safari on iPhone")
    assert body.count("This is you") == 1
    assert "127.0.0.1" in body


def test_one_ends_another_session_at_once(member: User) -> None:
    phone, desk = sign_in(member, IPHONE), sign_in(member)
    row = SignInSession.objects.get(words="Safari on iPhone")
    assert desk.post(reverse("session_end", args=[row.pk])).status_code == 303
    assert not is_in(phone)
    assert is_in(desk)
    assert "you ended this session from another device" in shown(phone, "account_login")


def test_nobody_ends_a_strangers(member: User, cast: Cast, client_for: ClientFor) -> None:
    desk = sign_in(member)
    row = SignInSession.objects.get(user=member)
    assert client_for(cast.ama_user).post(reverse("session_end", args=[row.pk])).status_code == 404
    assert client_for(cast.auditor).post(reverse("session_end_anyones", args=[row.pk])).status_code == 403
    assert is_in(desk)


def test_all_others_end_in_one_go(member: User) -> None:
    others = [sign_in(member, IPHONE) for _ in range(3)]
    desk = sign_in(member)
    desk.post(reverse("session_end_others"))
    assert [is_in(each) for each in [*others, desk]] == [False, False, False, True]


def test_the_sixth_session_of_a_customer_ends_the_one_unused_longest(member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        clients = []
        for _ in range(6):
            clients.append(sign_in(member))
            clock.shift(timedelta(minutes=1))
        assert [is_in(each) for each in clients] == [False, True, True, True, True, True]
        assert "only so many sessions" in shown(clients[0], "account_login")


def test_two_sign_ins_of_staff_leave_the_newer(cast: Cast, rf: Any) -> None:
    older, newer = Client(), Client()
    for client in (older, newer):
        _enter(client, cast.manager)
    assert [is_in(older), is_in(newer)] == [False, True]


def _enter(client: Client, user: User) -> None:
    """The end of any way of signing in, in a request that came by the web."""
    from django.contrib.auth import login
    from django.http import HttpRequest

    from portal.signin.visit import Visit

    request: Any = HttpRequest()
    request.session = client.session
    request.visit = Visit("127.0.0.1", None, FIREFOX)
    login(request, user)
    request.session.save()
    client.cookies["quayside_session"] = request.session.session_key


def test_the_demonstrations_one_click_sessions_end_none(cast: Cast, settings: Settings) -> None:
    settings.DEMONSTRATION = True
    User.objects.filter(pk=cast.cashier.pk).update(email="cashier@quayside.example")
    clients = [Client(), Client(), Client()]
    for client in clients:
        client.post(reverse("demo_sign_in"), {"email": "cashier@quayside.example"})
    assert all(is_in(client) for client in clients)


def test_an_administrator_ends_anyones_one_or_all(member: User, cast: Cast, client_for: ClientFor) -> None:
    clients, admin = [sign_in(member) for _ in range(3)], client_for(cast.administrator)
    assert "Yaa Member" in shown(admin, "session_everybody")
    first = SignInSession.objects.filter(user=member).earliest("pk")
    admin.post(reverse("session_end_anyones", args=[first.pk]))
    assert [is_in(each) for each in clients] == [False, True, True]
    second = SignInSession.objects.filter(user=member, ended_at=None).earliest("pk")
    admin.post(reverse("session_end_anyones", args=[second.pk]), {"all": "1"})
    assert [is_in(each) for each in clients] == [False, False, False]
    first.refresh_from_db()
    assert (first.ended_because, first.ended_by) == ("administrator", cast.administrator)


@pytest.mark.parametrize(
    ("reason", "said"),
    [("suspended", "is suspended"), ("role", "another role"), ("a new rule", "something about your")],
)
def test_whoever_was_signed_out_is_told_why(member: User, cast: Cast, reason: str, said: str) -> None:
    client = sign_in(member)
    assert end_sessions_of(member, reason=reason, by=cast.administrator, at=now()) == 1
    response = client.get(reverse("profile"))
    assert response.headers["Location"] == "/sign-in/?next=/profile/"
    assert said in shown(client, "account_login")


def test_one_session_may_be_left_open(member: User) -> None:
    desk, phone = sign_in(member), sign_in(member, IPHONE)
    end_sessions_of(member, except_key=desk.session.session_key, reason="factor", by=member, at=now())
    assert [is_in(desk), is_in(phone)] == [True, False]


def test_after_a_quarter_of_an_hour_the_sign_in_page_says_so_and_the_log_too(member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = sign_in(member)
        clock.shift(timedelta(minutes=16))
        assert client.get(reverse("profile")).status_code == 302
        assert "15 minutes without activity" in shown(client, "account_login")
        assert end_idle_sessions(at=now()) == 1
        assert end_idle_sessions(at=now()) == 0
    row = SignInSession.objects.get()
    assert (row.ended_because, row.ended_at - row.started_at) == ("idle", timedelta(minutes=15))  # type: ignore[operator]
    assert not Session.objects.filter(session_key=row.key).exists()


def test_after_twelve_hours_the_log_says_so(member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = sign_in(member)
        for _ in range(72):
            clock.shift(timedelta(minutes=10))
            client.get(reverse("profile"))
    assert SignInSession.objects.get().ended_because == "long"


def test_staying_prolongs_and_asking_does_not(member: User) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client = sign_in(member)
        clock.shift(timedelta(minutes=14))
        ask = {"Accept": "application/json", "X-Unattended": "1"}
        assert client.get(reverse("session_stay"), headers=ask).json() == {"seconds": 60, "can_stay": True}
        stayed = client.post(reverse("session_stay"), headers={"Accept": "application/json"}).json()
        assert stayed == {"seconds": 900, "can_stay": True}


def test_staying_is_a_page_too_and_leads_back_to_this_site_only(member: User) -> None:
    client = sign_in(member)
    assert "Stay signed in" in client.get(reverse("session_stay"), {"next": "/profile/"}).content.decode()
    assert client.post(reverse("session_stay"), {"next": "/profile/"}).headers["Location"] == "/profile/"
    assert client.post(reverse("session_stay"), {"next": "https://evil.example/"}).headers["Location"] == "/"


def test_the_log_shows_what_ended_and_why(member: User) -> None:
    phone, desk = sign_in(member, IPHONE), sign_in(member)
    phone.post(reverse("account_logout"))
    assert "Signed out" in shown(desk)


def test_a_session_has_a_new_id_after_proving_anew_and_is_still_known(member: User) -> None:
    client = sign_in(member)
    values = {"oldpassword": PASSWORD, "password1": "the tide turns at eleven", "password2": "the tide turns at eleven"}
    before = client.session.session_key
    client.post(reverse("account_change_password"), values)
    assert client.session.session_key != before
    assert SignInSession.objects.get(ended_at=None).key == client.session.session_key


def test_a_new_device_is_told_by_mail_the_first_and_a_known_one_are_not(member: User) -> None:
    first = sign_in(member)
    first.post(reverse("account_logout"))
    sign_in(member, client=first)
    assert Job.objects.filter(kind="mail.send").count() == 0
    sign_in(member, IPHONE)
    mail = Job.objects.get(kind="mail.send").payload
    assert mail["subject"] == "Signed in from a new device"
    assert "Safari on iPhone" in mail["text"]
    assert Device.objects.filter(user=member).count() == 2


def test_a_new_device_after_a_row_of_failures_is_a_warning_and_a_note(member: User) -> None:
    sign_in(member)
    stranger = Client(headers={"User-Agent": IPHONE})
    for _ in range(3):
        sign_in(member, client=stranger, password="wrong")
    sign_in(member, client=stranger)
    subjects = {job.payload["subject"] for job in Job.objects.filter(kind="mail.send")}
    assert "Signed in from a new device after failed tries" in subjects
    row = SignInAttempt.objects.filter(outcome="succeeded").latest("pk")
    assert row.note == "New device after 3 failed tries"


def test_a_forged_browser_cookie_is_no_known_device(member: User) -> None:
    client = sign_in(member)
    value = client.cookies["quayside_browser"].value
    forged = Client()
    forged.cookies["quayside_browser"] = value[:-1] + ("A" if value[-1] != "A" else "B")
    sign_in(member, client=forged, password="wrong")
    assert SignInAttempt.objects.latest("pk").is_known_device is False
    sign_in(member, client=client, password="wrong")
    assert (
        SignInAttempt.objects.latest("pk").is_known_device is False
    )  # signed in: the page led away, nothing was tried
