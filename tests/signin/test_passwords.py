"""What a password may be: long, of anything; and what it may not, with the reason and a way on."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from portal.access import policy
from portal.access.roles import Role
from portal.base.clock import now
from portal.outbox.models import Job
from portal.people.models import User
from portal.signin.models import SignInAttempt
from portal.signin.services import demand_password_change
from tests.cast import Cast, make_customer, make_user

PASSWORD, NEW = "market women count twice", "the tide turns at eleven"
ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def member(cast: Cast) -> User:
    return make_user(Role.CUSTOMER, "Yaa Member", customer=make_customer("Yaa Member", cast.north), password=PASSWORD)


def refusal(password: str, user: User | None = None) -> str:
    with pytest.raises(ValidationError) as caught:
        validate_password(password, user)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        NEW,
        "correct horse battery staple",
        "Ɔdɔ yɛ wu, na ɛyɛ dɛ paa",
        "x7#kQ9!vL2@pW5$m",
        "no capital no digit no sign",
        " " + "spaces at the ends ",
        "🌊🌴🐢🌊🌴🐢🐐🐓🐟🦎🌽🥭🍍🥥🥜",
        "kx9 " * 31 + "vqzm",
    ],
)
def test_what_is_long_and_nobodys_guess_is_welcome(member: User, password: str) -> None:
    validate_password(password, member)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen signs", "It takes 15 or more"),
        ("a" * 129, "at most 128"),
        ("1q2w3e4r5t6y7u8i", "breaches"),
        ("P@ssw0rd2026!!!!", "breaches"),
        ("passwordpassword", "breaches"),
        ("123456789012345", "breaches|digits alone"),
        ("202611210957313842", "digits alone"),
        ("abcabcabcabcabcabc", "breaches|over and over"),
        ("qwertyuiopasdfghjkl", "breaches|run of keys"),
        ("abcdefghijklmnopqrst", "run of keys"),
        ("yaa.member@example.org", "mostly made of"),
        ("YaaMemberYaaMember", "mostly made of"),
        ("QuaysideCreditUnion1", "mostly made of"),
        ("northnorthnorth2026", "mostly made of"),
    ],
)
def test_what_is_tried_first_is_refused_with_the_reason_and_a_way_on(member: User, password: str, why: str) -> None:
    said = refusal(password, member)
    assert any(each in said for each in why.split("|"))
    assert "at most" in said or "Three or four words" in said


def test_nothing_is_cut_off(member: User) -> None:
    long = ("kx9 " * 32)[:128]
    assert not check_password(long[:-1], make_password(long))


def change(client: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    values = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), values)


def signed_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client


def test_a_change_is_told_by_mail(member: User) -> None:
    assert change(signed_in(member)).status_code == 302
    assert Job.objects.get(kind="mail.send").payload["subject"] == "Your password was changed"


def test_the_present_password_counts_its_failures_like_a_sign_in(member: User) -> None:
    client = signed_in(member)
    for _ in range(5):
        assert "not your present password" in change(client, old="wrong").content.decode()
    assert "Too many tries" in change(client).content.decode()
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert SignInAttempt.objects.filter(outcome="password").count() == 5


def test_the_same_again_is_no_change(member: User) -> None:
    assert "another password than the present" in change(signed_in(member), new=PASSWORD).content.decode()


def test_whoever_must_change_it_sees_nothing_else_before(member: User, cast: Cast) -> None:
    client = signed_in(member)
    demand_password_change(user=member, by=cast.administrator, at=now())
    for name in ("home", "profile", "account_list", "session_list"):
        assert client.get(reverse(name)).headers["Location"] == reverse("account_change_password")
    assert "Nothing else opens until then" in client.get(reverse("account_change_password")).content.decode()
    change(client)
    assert client.get(reverse("profile")).status_code == 200
    member.refresh_from_db()
    assert member.must_change_password is False


def link_from(mail: Job) -> str:
    text: str = mail.payload["text"]
    return next(word for word in text.split() if "/reset/key/" in word)


def test_a_link_to_a_new_password_works_once_ends_sessions_and_signs_nobody_in(member: User) -> None:
    inside, outside = signed_in(member), Client()
    outside.post(reverse("account_reset_password"), {"email": member.email})
    link = link_from(Job.objects.get(kind="mail.send"))
    page = outside.get(link, follow=True)
    outside.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert inside.get(reverse("profile")).status_code == 302
    assert outside.get(reverse("profile")).status_code == 302
    assert "used before" in Client().get(link, follow=True).content.decode()
    member.refresh_from_db()
    assert member.check_password(NEW)


def test_argon2id_with_its_parameters(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ARGON2
    encoded = make_password(NEW)
    assert encoded.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")


def test_weaker_parameters_are_made_stronger_at_the_next_sign_in(member: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ARGON2

    class Old(Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 1, 1024, 1

    User.objects.filter(pk=member.pk).update(password=Old().encode(PASSWORD, "0123456789abcdef"))
    assert signed_in(member).get(reverse("profile")).status_code == 200
    member.refresh_from_db()
    assert not identify_hasher(member.password).must_update(member.password)
    assert "m=102400" in member.password


def work_of(email: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many statements and how many hashes one wrong try takes."""
    hashes = []
    real = Argon2PasswordHasher.encode

    def counted(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        hashes.append(1)
        return str(real(self, password, salt))

    def verified(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        hashes.append(1)
        return False

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verified)
    with CaptureQueriesContext(connection) as asked:
        Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
    return len(asked), len(hashes)


def test_an_unknown_address_takes_the_same_work_as_a_wrong_password(
    member: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = ARGON2
    User.objects.filter(pk=member.pk).update(password=make_password(PASSWORD))
    policy.current()  # Read once in some seconds, by whoever comes first.
    known, unknown = work_of(member.email, monkeypatch), work_of("nobody@example.org", monkeypatch)
    assert known == unknown
    assert known[1] == 1


def test_the_try_that_locks_takes_the_same_work_too(member: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for email in (member.email, "nobody@example.org"):
        for _ in range(4):
            Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
    assert work_of(member.email, monkeypatch)[0] == work_of("nobody@example.org", monkeypatch)[0]
