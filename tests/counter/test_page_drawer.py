"""Opening, pausing and closing a drawer by plain forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.keys import new_key
from portal.drawers.models import DrawerSession
from tests.cast import NOW, Cast
from tests.drawers.working import cash, handed, opened

pytestmark = pytest.mark.django_db
State = DrawerSession.State


@pytest.fixture
def teller(cast: Cast, client_for: Callable[..., Client]) -> Client:
    return client_for(cast.cashier)


def html(response: Any) -> str:
    return str(response.content.decode())


def state() -> str:
    return DrawerSession.objects.get().state


def test_opening_a_drawer(cast: Cast, teller: Client) -> None:
    handed(cast.drawer, {20000: 5})
    assert "1,000.00" in html(teller.get(reverse("counter_open")))
    answer = teller.post(reverse("counter_open"), {"key": new_key(), "drawer": cast.drawer.pk, "note_20000": "5"})
    assert answer.url == reverse("counter")  # type: ignore[attr-defined]
    assert DrawerSession.objects.get().counts.get().total_minor == 100_000


def test_only_free_drawers_of_the_branch_are_offered(cast: Cast, teller: Client) -> None:
    page = html(teller.get(reverse("counter_open")))
    assert page.count("<option") == 2
    assert f'value="{cast.rival_drawer.pk}"' not in page


def test_another_branchs_drawer_cannot_be_named(cast: Cast, teller: Client) -> None:
    sent = {"key": new_key(), "drawer": cast.rival_drawer.pk, "note_20000": "5"}
    assert teller.post(reverse("counter_open"), sent).status_code == 422
    assert not DrawerSession.objects.exists()


def test_a_refused_opening_keeps_the_count(cast: Cast, teller: Client) -> None:
    sent = {"key": new_key(), "drawer": cast.drawer.pk, "note_20000": "101"}
    answer = teller.post(reverse("counter_open"), sent)
    assert answer.status_code == 422
    assert 'name="note_20000" value="101"' in html(answer)
    assert "20,200.00" in html(answer)


def test_pausing_and_resuming(cast: Cast, teller: Client) -> None:
    opened(cast.drawer, cast.cashier)
    teller.post(reverse("counter_pause"))
    assert state() == State.PAUSED
    teller.post(reverse("counter_resume"))
    assert state() == State.ACTIVE


def test_a_count_that_agrees_closes_and_shows_z(cast: Cast, teller: Client) -> None:
    session = opened(cast.drawer, cast.cashier)
    answer = teller.post(reverse("counter_close"), {"key": new_key(), "note_20000": "5"})
    assert answer.url == reverse("drawer_report", args=[session.pk])  # type: ignore[attr-defined]
    assert "Z no. 000001" in html(teller.get(answer.url))  # type: ignore[attr-defined]


def test_a_count_that_differs_says_only_recount(cast: Cast, teller: Client) -> None:
    session = opened(cast.drawer, cast.cashier)
    cash(session, 12_345)
    answer = teller.post(reverse("counter_close"), {"key": new_key(), "note_20000": "5"}, follow=True)
    page = html(answer)
    assert "Count again" in page
    for told in ("1,123.45", "123.45", "112345", "12345"):
        assert told not in page
    assert state() == State.COUNTED


def test_the_second_count_stands(cast: Cast, teller: Client) -> None:
    session = opened(cast.drawer, cast.cashier)
    for note in ("", "Gave 100 too much"):
        teller.post(reverse("counter_close"), {"key": new_key(), "note_20000": "4", "note_10000": "1", "note": note})
    assert "Your manager decides" in html(teller.get(reverse("counter_close")))
    decide(request=Request.objects.get(), approve=True, by=cast.manager, at=NOW)
    page = html(teller.get(reverse("drawer_report", args=[session.pk])))
    assert "−100.00" in page
    assert "Gave 100 too much" in page
    assert state() == State.CLOSED


def test_a_second_count_without_a_note_is_refused(cast: Cast, teller: Client) -> None:
    opened(cast.drawer, cast.cashier)
    for expected in (303, 422):
        assert teller.post(reverse("counter_close"), {"key": new_key(), "note_20000": "4"}).status_code == expected
    assert state() == State.COUNTED
