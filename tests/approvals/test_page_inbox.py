"""The inbox and the page of a request: what each sees there, and what the buttons do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.approvals import queries
from portal.approvals.models import Request
from portal.approvals.services import ask, decide
from portal.base.clock import now
from tests.approvals.acts import NAME, asked
from tests.cast import Cast, ghs, make_user

ClientFor = Callable[..., Client]


@pytest.fixture
def request_(cast: Cast) -> Request:
    return asked(cast, at=now())


def shown(client: Client, name: str = "approvals") -> str:
    return client.get(reverse(name)).content.decode()


def answer(client: Client, request: Request, **data: str) -> int:
    return client.post(reverse("approval_decide", args=[request.pk]), data).status_code


@pytest.mark.parametrize(
    ("who", "waits"),
    [
        ("manager", True),
        ("operations_manager", True),
        ("administrator", True),
        ("auditor", True),
        ("cashier", True),
        ("rival_manager", False),
        ("mobile_banker", False),
    ],
)
def test_what_waits_is_seen_by_whoever_it_concerns(
    cast: Cast, client_for: ClientFor, request_: Request, who: str, waits: bool
) -> None:
    assert (request_.summary in shown(client_for(getattr(cast, who)))) is waits


def test_nobody_finds_their_own_request_in_what_waits_for_them(cast: Cast, client_for: ClientFor) -> None:
    mine = asked(cast, by=cast.manager, at=now())
    client = client_for(cast.manager)
    assert (mine.summary in shown(client), mine.summary in shown(client, "approvals_asked")) == (False, True)


def test_the_menu_counts_what_waits(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    assert 'id="badge-approvals"' in shown(client_for(cast.manager), "home")
    assert queries.waiting_count(cast.manager) == 1
    assert "1" in shown(client_for(cast.manager), "approvals_badge")
    assert shown(client_for(cast.rival_manager), "approvals_badge").strip() == ""


def test_the_page_shows_what_will_change_as_things_are_now(
    cast: Cast, client_for: ClientFor, request_: Request
) -> None:
    cast.north.phone = "+233302999999"
    cast.north.save()
    page = client_for(cast.manager).get(reverse("approval", args=[request_.pk])).content.decode()
    assert "+233302999999" in page
    assert "+233302000001" in page


def test_a_click_approves(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    assert answer(client_for(cast.manager), request_, answer="approve") == 303
    cast.north.refresh_from_db()
    assert cast.north.phone == "+233302000001"


def test_a_refusal_without_a_comment_keeps_the_page(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    assert answer(client_for(cast.manager), request_, answer="reject") == 422
    assert answer(client_for(cast.manager), request_, answer="reject", comment="No.") == 303
    request_.refresh_from_db()
    assert request_.state == Request.State.REJECTED


def test_who_comes_second_is_told_who_was_first(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    decide(request=request_, approve=True, by=cast.operations_manager, at=now())
    response = client_for(cast.manager).post(reverse("approval_decide", args=[request_.pk]), {"answer": "approve"})
    assert response.status_code == 409
    assert "Kwame Operations approved this on" in response.content.decode()


def test_what_cannot_be_done_any_more_has_no_button_and_is_refused(
    cast: Cast, client_for: ClientFor, request_: Request
) -> None:
    cast.north.phone = "+233302000001"
    cast.north.save()
    client = client_for(cast.manager)
    assert "The branch has this number already." in client.get(reverse("approval", args=[request_.pk])).content.decode()
    assert answer(client, request_, answer="approve") == 422


@pytest.mark.parametrize("who", ["rival_manager", "mobile_banker"])
def test_another_branchs_request_is_not_there(cast: Cast, client_for: ClientFor, request_: Request, who: str) -> None:
    client = client_for(getattr(cast, who))
    there = client.get(reverse("approval", args=[request_.pk]))
    nowhere = client.get(reverse("approval", args=[uuid4()]))
    assert there.status_code == nowhere.status_code == 404


def test_a_manager_of_another_branch_does_not_decide(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    assert answer(client_for(cast.rival_manager), request_, answer="approve") == 404


@pytest.mark.parametrize("who", ["auditor", "cashier"])
def test_who_only_looks_or_asks_does_not_decide(cast: Cast, client_for: ClientFor, request_: Request, who: str) -> None:
    assert answer(client_for(getattr(cast, who)), request_, answer="approve") == 403


def test_the_asker_takes_it_back(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    url = reverse("approval_withdraw", args=[request_.pk])
    assert client_for(cast.manager).post(url).status_code == 404
    assert client_for(cast.cashier).post(url).status_code == 303
    assert client_for(cast.cashier).post(url).status_code == 409


def test_what_is_over_is_found_by_its_words_and_outcome(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    decide(request=request_, approve=True, by=cast.manager, at=now())
    client = client_for(cast.auditor)
    url = reverse("approvals_decided")
    assert request_.summary in client.get(url, {"text": "Akua", "act": NAME, "state": "carried_out"}).content.decode()
    assert request_.summary not in client.get(url, {"state": "rejected"}).content.decode()
    assert client.get(url, {"since": "2026-11-02", "until": "2026-11-01"}).status_code == 422


def test_the_inbox_costs_the_same_for_one_and_for_twenty(
    cast: Cast, client_for: ClientFor, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(20):
        asked(cast, f"+2333020000{number:02}", at=now(), amount=ghs("10.00"))
    client = client_for(cast.manager)
    shown(client)
    with django_assert_max_num_queries(10):  # type: ignore[attr-defined]  # pytest-django's own context manager
        shown(client)


def test_a_colleague_who_comes_later_decides_too(cast: Cast, client_for: ClientFor, request_: Request) -> None:
    colleague = make_user(Role.MANAGER, "Second Manager", branch=cast.north)
    assert answer(client_for(colleague), request_, answer="approve") == 303


def test_what_expired_is_told_and_not_decided(cast: Cast, client_for: ClientFor) -> None:
    payload = {"branch": cast.north.pk, "phone": "1"}
    long_ago = now() - timedelta(days=4)
    late = ask(act=NAME, payload=payload, branch=cast.north, by=cast.cashier, at=long_ago)
    client = client_for(cast.manager)
    assert "expired" in client.get(reverse("approval", args=[late.pk])).content.decode()
    assert answer(client, late, answer="approve") == 422
