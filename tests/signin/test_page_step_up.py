"""Proving again who one is: what was interrupted goes on, once, with everything that was typed."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client
from django.urls import reverse

from portal.access import proof
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin import services
from portal.signin.models import TransactionPin
from tests.cast import NOW, Cast
from tests.signin.factors import code_of, give_app

NAME = {"name": "Blue phone"}


@pytest.fixture
def stale(client: Client, cast: Cast) -> Client:
    """The auditor's browser, whose proof is six minutes old."""
    client.force_login(cast.auditor)
    make_stale(client, 360)
    return client


def make_stale(client: Client, seconds: int) -> None:
    session = client.session
    session[proof.PROVED] = int(time.time()) - seconds
    session.save()


def rename_url(user: User) -> str:
    return reverse("factor_rename", args=["app", give_app(user).pk])


def test_an_old_proof_leads_to_the_question(stale: Client, cast: Cast) -> None:
    assert stale.get(rename_url(cast.auditor)).headers["Location"].startswith("/step-up/?request=")


def test_an_interrupted_form_goes_on_once_with_what_was_typed(stale: Client, cast: Cast) -> None:
    app = give_app(cast.auditor)
    url = reverse("factor_rename", args=["app", app.pk])
    question = stale.post(url, NAME).headers["Location"]
    before = stale.session.session_key
    body = stale.post(question, {"by": "app", "code": code_of(app)}).content.decode()
    assert stale.session.session_key != before
    assert f'action="{url}"' in body
    assert re.search(r'name="name" value="Blue phone"', body)
    assert stale.post(url, NAME).status_code == 303
    make_stale(stale, 360)
    again = stale.post(question, {"by": "app", "code": code_of(app, steps=1)})
    assert again.headers["Location"] == "/"


def test_a_wrong_code_proves_nothing(stale: Client, cast: Cast) -> None:
    url = rename_url(cast.auditor)
    question = stale.post(url, NAME).headers["Location"]
    assert stale.post(question, {"by": "app", "code": "000000"}).status_code == 422
    assert stale.post(url, NAME).headers["Location"].startswith("/step-up/")


def test_what_waits_in_the_session_is_unreadable(stale: Client, cast: Cast) -> None:
    stale.post(rename_url(cast.auditor), NAME)
    assert "Blue phone" not in str(dict(stale.session))


def test_customers_have_ten_minutes(client: Client, cast: Cast) -> None:
    client.force_login(cast.ama_user)
    make_stale(client, 540)
    assert client.get(reverse("pin_set")).status_code == 200
    make_stale(client, 601)
    assert client.get(reverse("pin_set")).status_code == 303


@pytest.mark.parametrize("pin", ["1234", "0000", "1990", "4321", "1705", "2580", "12", "1234567", "12a4", "7878"])
def test_a_pin_that_is_tried_first_is_refused(client: Client, cast: Cast, pin: str) -> None:
    client.force_login(cast.ama_user)
    assert client.post(reverse("pin_set"), {"pin": pin, "again": pin}).status_code == 422
    assert not TransactionPin.objects.exists()


def test_a_pin_takes_five_wrong_tries_and_is_opened_by_a_new_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.ama_user)
    assert client.post(reverse("pin_set"), {"pin": "7391", "again": "7391"}).status_code == 303
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(Refused, match="left" if left else "locked"):
            services.check_pin(user=cast.ama_user, pin="1111", by=cast.ama_user, at=NOW)
    with pytest.raises(Refused, match="locked"):
        services.check_pin(user=cast.ama_user, pin="7391", by=cast.ama_user, at=NOW)
    client.post(reverse("pin_set"), {"pin": "8264", "again": "8264"})
    services.check_pin(user=cast.ama_user, pin="8264", by=cast.ama_user, at=NOW)


def test_without_a_second_step_no_money_goes(client: Client, cast: Cast) -> None:
    client.force_login(cast.ama_user)
    session = client.session
    session.pop(proof.SECOND_STEP)
    session.save()
    assert client.get(reverse("transfer_start")).headers["Location"] == reverse("factor_list")
    give_app(cast.ama_user)
    assert client.get(reverse("transfer_start")).headers["Location"].startswith("/step-up/")
