"""The first page of each role: real figures, nothing of anybody else's, the same number of queries whatever there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.roles import Role
from portal.ledger.services import place_hold
from portal.people.models import User
from tests.cast import NOW, Cast, fund, ghs, make_account, make_customer, make_user, open_drawer

ClientFor = Callable[[User], Client]


def body(client: Client, url: str = "/") -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_page(cast: Cast, client_for: ClientFor, role: str) -> None:
    assert "<h1>" in body(client_for(cast.of_role(role)))


def test_a_customer_sees_what_can_be_spent_and_what_is_booked(cast: Cast, client_for: ClientFor) -> None:
    page = body(client_for(cast.ama_user))
    assert "1,250.00" in page
    assert "set aside" not in page


def test_a_hold_lowers_what_can_be_spent_and_is_named(cast: Cast, client_for: ClientFor) -> None:
    account = cast.ama_savings.ledger_account
    place_hold(account=account, amount=ghs("200.00"), reason="Card at Makola", expires_at=None, by=None, at=NOW)
    page = body(client_for(cast.ama_user))
    assert "1,050.00" in page
    assert "Card at Makola" in page


def test_a_customer_sees_nothing_of_others(cast: Cast, client_for: ClientFor) -> None:
    page = body(client_for(cast.ama_user))
    assert cast.kofi_savings.number not in page
    assert "500.00" not in page


def test_only_the_last_five_movements_are_shown_newest_first(cast: Cast, client_for: ClientFor) -> None:
    for pesewas in range(11, 17):
        fund(cast.ama_savings, ghs(f"1.{pesewas}"))
    page = body(client_for(cast.ama_user))
    assert page.count("Opening balance") == 5
    assert page.index("1.16") < page.index("1.12")
    assert "1.11" not in page


def test_a_customer_without_an_account_is_told_how_to_get_one(cast: Cast, client_for: ClientFor) -> None:
    new = make_user(Role.CUSTOMER, "Nana New", customer=make_customer("Nana New", cast.north))
    assert "You have no account yet" in body(client_for(new))
    assert reverse("account_apply") in body(client_for(new))


def test_amounts_can_be_hidden_on_a_device_and_shown_again(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    client.post(reverse("balances_set"), {"balances": "hidden"})
    assert "1,250.00" not in body(client)
    assert "1,000.00" not in body(client, reverse("overview"))
    client.post(reverse("balances_set"), {"balances": "shown"})
    assert "1,250.00" in body(client)


def test_half_a_year_of_an_account_is_drawn_with_its_figures(cast: Cast, client_for: ClientFor) -> None:
    page = body(client_for(cast.ama_user), reverse("overview"))
    assert page.count("<figure") == 4
    assert '<th scope="row">Nov</th><td class="num">1,000.00</td>' in page


def test_staff_have_no_overview(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.cashier).get(reverse("overview")).status_code == 404


def test_the_first_page_costs_the_same_however_much_moved(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            body(client)
        counts.append(len(queries))
        for _ in range(30):
            fund(cast.ama_current, ghs("1.00"))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_a_cashier_without_a_drawer_is_led_to_open_one(cast: Cast, client_for: ClientFor) -> None:
    assert "You have no drawer open" in body(client_for(cast.cashier))


def test_a_cashier_sees_the_own_drawer_and_never_what_should_lie_in_it(cast: Cast, client_for: ClientFor) -> None:
    open_drawer(cast.drawer, cast.cashier, cash=ghs("1234.50"))
    page = body(client_for(cast.cashier))
    assert "Drawer 1" in page
    assert "1,234.50" not in page


def test_a_drawer_left_open_is_named(cast: Cast, client_for: ClientFor) -> None:
    session = open_drawer(cast.drawer, cast.cashier)
    session.business_date = session.business_date.replace(day=20)
    session.save(update_fields=["business_date"])
    assert "never closed" in body(client_for(cast.cashier))


def test_a_manager_sees_the_branch_and_no_other(cast: Cast, client_for: ClientFor) -> None:
    open_drawer(cast.drawer, cast.cashier, cash=ghs("1234.50"))
    open_drawer(cast.rival_drawer, cast.rival_cashier, cash=ghs("77.70"))
    page = body(client_for(cast.manager))
    for shown in ("1,234.50", "98,765.50", "100,000.00", "1,750.00", "Akua Cashier", "in 3 accounts"):
        assert shown in page
    for other in ("77.70", "300.00", "Adwoa Rival"):
        assert other not in page


def test_an_operations_manager_sees_every_branch(cast: Cast, client_for: ClientFor) -> None:
    page = body(client_for(cast.operations_manager))
    assert page.index("North") < page.index("South")
    assert "1,750.00" in page
    assert "300.00" in page


def test_an_administrator_sees_people_and_no_money(cast: Cast, client_for: ClientFor) -> None:
    Client().post(reverse("account_login"), {"login": "nobody@example.org", "password": "wrong"})
    page = body(client_for(cast.administrator))
    assert "in the last 24 hours" in page
    assert "GHS" not in page


def test_an_auditor_sees_that_the_books_agree(cast: Cast, client_for: ClientFor) -> None:
    page = body(client_for(cast.auditor))
    assert "They agree in GHS" in page
    assert "Hash chains" in page


@pytest.mark.parametrize("role", list(Role))
def test_a_page_open_for_long_fetches_its_part_only(cast: Cast, client_for: ClientFor, role: str) -> None:
    headers = {"HX-Request": "true", "HX-Target": "now"}
    part = client_for(cast.of_role(role)).get("/", headers=headers).content.decode()
    assert 'id="now"' in part
    assert "<html" not in part


def test_more_accounts_of_others_change_no_number_of_queries(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    body(client)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            body(client)
        counts.append(len(queries))
        for number in range(5):
            make_account(make_customer(f"More {number}", cast.north), cast.savings, balance=ghs("5.00"))
    assert counts[0] == counts[1]
