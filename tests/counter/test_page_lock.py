"""A locked counter: nothing but the question for the PIN, on every address of the browser that was locked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.drawers.models import DrawerSession
from portal.signin.models import MOST_PIN_FAILURES, TransactionPin
from portal.signin.services import set_pin
from tests.cast import NOW, Cast
from tests.drawers.working import opened

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
PIN, WORD = "7391", "a long enough password"


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def locked(cast: Cast, session: DrawerSession, client_for: ClientFor) -> Client:
    cast.cashier.set_password(WORD)
    cast.cashier.save()
    client = client_for(cast.cashier)
    client.post(reverse("counter_lock"))
    return client


def is_locked(client: Client) -> bool:
    return client.get(reverse("counter")).headers.get("Location") == reverse("counter_locked")


def unlock(client: Client, secret: str) -> int:
    return client.post(reverse("counter_locked"), {"secret": secret}).status_code


def test_the_password_unlocks_where_there_is_no_pin(locked: Client) -> None:
    assert is_locked(locked)
    assert unlock(locked, "not this one") == 422
    assert is_locked(locked)
    assert unlock(locked, WORD) == 303
    assert not is_locked(locked)


def test_a_cashier_sets_a_pin_that_unlocks(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    assert "unlocks a counter" in client.get(reverse("pin_set")).content.decode()
    assert client.post(reverse("pin_set"), {"pin": PIN, "again": PIN}).status_code == 303
    client.post(reverse("counter_lock"))
    assert unlock(client, "1111") == 422
    assert unlock(client, PIN) == 303
    assert not is_locked(client)


def test_a_pin_that_is_locked_gives_way_to_the_password(cast: Cast, locked: Client) -> None:
    set_pin(user=cast.cashier, pin=PIN, by=cast.cashier, at=NOW)
    assert unlock(locked, WORD) == 422
    TransactionPin.objects.update(failures=MOST_PIN_FAILURES)
    assert unlock(locked, PIN) == 422
    assert unlock(locked, WORD) == 303


def test_what_a_page_asks_for_by_itself_leaves_it_as_it_is(locked: Client) -> None:
    asked = {"HX-Request": "true", "HX-Target": "parked", "X-Unattended": "1"}
    answer = locked.get(reverse("counter_aside"), headers=asked)
    assert answer.status_code == 204
    assert "HX-Redirect" not in answer.headers
    assert answer.content == b""
