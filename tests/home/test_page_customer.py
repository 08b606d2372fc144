"""Customers for staff: found without names in addresses, seen by scope, each look written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.deposits.services import receive_cash
from portal.people.models import Customer, CustomerView, User
from tests.answers import without_tokens
from tests.cast import NOW, Cast, ghs, make_account, make_customer, open_drawer

ClientFor = Callable[[User], Client]
LIST = "/customers/"


def found(client: Client, text: str) -> str:
    response = client.post(LIST, {"text": text})
    assert response.headers["Location"] == LIST
    return str(client.get(LIST).content.decode())


@pytest.mark.parametrize("text", ["ama", "102345", "024 123 4567"])
def test_found_by_what_people_say(cast: Cast, client_for: ClientFor, text: str) -> None:
    page = found(client_for(cast.cashier), text)
    assert "Ama Mensah" in page
    assert "Kofi Boateng" not in page


def test_found_by_the_number_of_an_account(cast: Cast, client_for: ClientFor) -> None:
    number = cast.kofi_savings.number
    page = found(client_for(cast.cashier), f"{number[:4]} {number[4:8]} {number[8:]}")
    assert "Kofi Boateng" in page
    assert "Ama Mensah" not in page


def test_nobody_found_says_what_to_try(cast: Cast, client_for: ClientFor) -> None:
    assert "Nobody fits these words" in found(client_for(cast.cashier), "zzz")


def test_without_words_everybody_within_reach_is_listed(cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.manager).get(LIST).content.decode()
    assert "Ama Mensah" in page
    assert "Esi Outsider" not in page


def test_a_script_gets_the_results_alone(cast: Cast, client_for: ClientFor) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results"}
    response = client_for(cast.cashier).post(LIST, {"text": "kofi"}, headers=headers)
    assert response.status_code == 200
    assert response.content.decode().lstrip().startswith('<div id="results"')


def test_too_many_words_are_refused_and_not_lost(cast: Cast, client_for: ClientFor) -> None:
    response = client_for(cast.cashier).post(LIST, {"text": "a" * 81})
    assert response.status_code == 422
    assert "a" * 81 in response.content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("customer", 403),
        ("cashier", 200),
        ("mobile_banker", 403),
        ("manager", 200),
        ("administrator", 403),
        ("auditor", 200),
    ],
)
def test_who_may_search(cast: Cast, client_for: ClientFor, role: str, status: int) -> None:
    assert client_for(cast.of_role(role)).get(LIST).status_code == status


def test_the_list_takes_as_many_queries_for_three_as_for_forty(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
        for number in range(37):
            make_account(make_customer(f"More {number}", cast.north), cast.savings)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CUSTOMER, 404),
        (Role.CASHIER, 200),
        (Role.MOBILE_BANKER, 404),
        (Role.MANAGER, 404),
        (Role.OPERATIONS_MANAGER, 200),
        (Role.ADMINISTRATOR, 403),
        (Role.AUDITOR, 200),
    ],
)
def test_who_sees_the_record_of_somebody_of_another_branch(
    cast: Cast, client_for: ClientFor, role: Role, status: int
) -> None:
    assert client_for(cast.of_role(role)).get(reverse("customer_detail", args=["202001"])).status_code == status


def test_a_record_out_of_reach_and_one_that_does_not_exist_answer_alike(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    other, none = (client.get(reverse("customer_detail", args=[number])) for number in ("202001", "999999"))
    assert (other.status_code, without_tokens(other)) == (none.status_code, without_tokens(none))


def test_the_record_shows_the_accounts(cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.cashier).get(reverse("customer_detail", args=["102345"])).content.decode()
    assert "1,000.00" in page
    assert "250.00" in page


def test_each_look_of_staff_is_written_down(cast: Cast, client_for: ClientFor) -> None:
    client_for(cast.manager).get(reverse("customer_detail", args=["102345"]))
    view = CustomerView.objects.get()
    assert (view.viewer, view.customer, view.reason) == (cast.manager, cast.ama, "Customer record")


def test_a_look_that_was_refused_leaves_none(cast: Cast, client_for: ClientFor) -> None:
    client_for(cast.manager).get(reverse("customer_detail", args=["202001"]))
    assert not CustomerView.objects.exists()


def test_the_record_takes_no_other_method(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.cashier).put(reverse("customer_detail", args=["102345"])).status_code == 405


def test_beyond_the_own_branch_staff_say_why_first(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.cashier), reverse("customer_detail", args=["202001"])
    assert "300.00" not in client.get(url).content.decode()
    assert not CustomerView.objects.exists()
    assert client.post(url, {"why": "Other"}).status_code == 422
    assert client.post(url, {"why": "On the telephone", "more": "asked for the balance"}).status_code == 303
    assert "300.00" in client.get(url).content.decode()
    assert CustomerView.objects.get().reason == "On the telephone: asked for the balance"


def test_whoever_served_the_customer_today_need_not_say_why(cast: Cast, client_for: ClientFor) -> None:
    session = open_drawer(cast.drawer, cast.cashier)
    receive_cash(
        account=cast.outsider_savings,
        amount=ghs("20.00"),
        cash=session.drawer.ledger_account,
        branch=cast.north,
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )
    page = client_for(cast.cashier).get(reverse("customer_detail", args=["202001"])).content.decode()
    assert "320.00" in page


def test_a_customer_leaves_once_nothing_is_open(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.manager), reverse("customer_close", args=["102346"])
    answer = client.post(url, {"reason": "Moves abroad"})
    assert answer.status_code == 422
    assert cast.kofi_savings.number in answer.content.decode()
    DepositAccount.objects.filter(pk=cast.kofi_savings.pk).update(state=DepositAccount.State.CLOSED)
    assert client.post(url, {"reason": "Moves abroad"}).status_code == 303
    assert Customer.objects.get(pk=cast.kofi.pk).state == Customer.State.CLOSED
