"""Opening a profile from home: nothing exists before the code, and no page tells who has a profile."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.access import policy
from portal.base.clock import now
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.outbox.models import Job
from portal.people.models import Customer, User
from portal.signin.models import SignUp
from portal.signin.services import begin_sign_up, confirm_sign_up
from portal.signin.visit import Visit
from tests.answers import without_tokens
from tests.cast import Cast, make_branch, make_institution

PASSWORD = "the tide turns at eleven"


def values(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "full_name": "Yaa Asantewaa",
        "email": "yaa@example.org",
        "branch": cast.north.pk,
        "password": PASSWORD,
    } | changes


def code() -> str:
    text = Job.objects.filter(kind="mail.send").latest("created_at").payload["text"]
    found = re.search(r"(\d{4}) (\d{4})", text)
    return "".join(found.groups()) if found else "00000000"


def test_code_then_somebody_with_a_draft_of_a_member(client: Client, cast: Cast) -> None:
    assert client.post(reverse("account_signup"), values(cast)).headers["Location"] == reverse("sign_up_code")
    assert not User.objects.filter(email="yaa@example.org").exists()
    assert client.post(reverse("sign_up_code"), {"code": f" {code()[:4]} {code()[4:]}"}).headers["Location"] == "/"
    user = User.objects.get(email="yaa@example.org")
    assert user.customer is not None
    assert (user.customer.state, user.customer.branch, user.check_password(PASSWORD)) == ("draft", cast.north, True)
    assert client.get(reverse("profile")).status_code == 200
    assert SignUp.objects.get().password == ""


def test_an_address_that_has_a_profile_answers_alike_and_gets_no_code(client: Client, cast: Cast) -> None:
    pages = []
    for email in ("yaa@example.org", cast.ama_user.email.upper()):
        browser = Client()
        answer = browser.post(reverse("account_signup"), values(cast, email=email))
        body = without_tokens(browser.get(reverse("sign_up_code"))).decode().replace(email.lower(), "…")
        pages.append((answer.status_code, answer.headers["Location"], body))
    assert pages[0] == pages[1]
    mails = [job.payload for job in Job.objects.filter(kind="mail.send").order_by("created_at")]
    assert [mail["subject"] for mail in mails] == ["Your code to open a profile", "You have a profile here already"]
    assert not re.search(r"\d{4} \d{4}", mails[1]["text"])


def test_known_and_unknown_take_the_same_work(cast: Cast, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = []
    policy.current()  # Read once in some seconds, by whoever comes first.
    for email in ("yaa@example.org", cast.ama_user.email):
        with CaptureQueriesContext(connection) as asked:
            Client().post(reverse("account_signup"), values(cast, email=email))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "short"}, "It takes 15 or more"),
        ({"password": "yaaasantewaa1234"}, "mostly made of"),
        ({"email": "no address"}, "valid email"),
        ({"full_name": ""}, "required"),
        ({"branch": "999999"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, cast: Cast, change: dict[str, str], said: str
) -> None:
    answer = client.post(reverse("account_signup"), values(cast, **change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert SignUp.objects.count() == 0


def test_five_wrong_codes_and_the_right_one_is_void(client: Client, cast: Cast) -> None:
    client.post(reverse("account_signup"), values(cast))
    for left in (4, 3, 2, 1, 0):
        answer = client.post(reverse("sign_up_code"), {"code": "1"})
        assert f"{left} more tries" in answer.content.decode()
    assert client.post(reverse("sign_up_code"), {"code": code()}).status_code == 422
    assert not User.objects.filter(email="yaa@example.org").exists()


def test_a_code_is_too_old_after_a_quarter_of_an_hour(client: Client, cast: Cast) -> None:
    client.post(reverse("account_signup"), values(cast))
    made = SignUp.objects.get()
    with pytest.raises(Refused, match="too old"):
        confirm_sign_up(sign_up_id=made.pk, code=code(), at=made.made_at + timedelta(minutes=15))


def test_another_code_voids_the_one_before_and_three_is_all(client: Client, cast: Cast) -> None:
    client.post(reverse("account_signup"), values(cast))
    first = code()
    client.post(reverse("sign_up_again"))
    assert client.post(reverse("sign_up_code"), {"code": first}).status_code == 422
    for _ in range(3):
        client.post(reverse("sign_up_again"))
    assert Job.objects.filter(kind="mail.send").count() == 3
    assert client.post(reverse("sign_up_code"), {"code": code()}).status_code == 303


def test_one_place_begins_ten_an_hour_and_one_address_three(client: Client, cast: Cast) -> None:
    for _ in range(3):
        client.post(reverse("account_signup"), values(cast))
    assert "Too many codes" in client.post(reverse("account_signup"), values(cast)).content.decode()
    for number in range(7):
        client.post(reverse("account_signup"), values(cast, email=f"y{number}@example.org"))
    refused = client.post(reverse("account_signup"), values(cast, email="one.more@example.org"))
    assert "Too many profiles" in refused.content.decode()


@pytest.fixture
def branch(transactional_db: None) -> Branch:
    from portal.ledger import chart

    chart.forget_known()
    make_institution()
    return make_branch("01", "North")


@pytest.mark.django_db(transaction=True)
def test_the_right_code_fifty_times_at_once_makes_one_person(branch: Branch) -> None:
    made = begin_sign_up(
        email="yaa@example.org", full_name="Yaa", branch=branch, password=PASSWORD, visit=Visit("192.0.2.7"), at=now()
    )
    right = code()

    def confirm(number: int) -> bool:
        try:
            confirm_sign_up(sign_up_id=made.pk, code=right, at=now())
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(confirm, range(50))) == 1
    assert Customer.objects.count() == User.objects.count() == 1
