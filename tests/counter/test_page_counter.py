"""The teller screen without JavaScript: who may, what is found, what is posted, what is kept when something is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import pause_session
from portal.ledger.models import Entry
from portal.people.models import CustomerView
from tests.cast import NOW, Cast, make_customer
from tests.counter.working import take_in
from tests.drawers.working import balance, counted, opened

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def teller(cast: Cast, session: DrawerSession, client_for: ClientFor) -> Client:
    return client_for(cast.cashier)


def html(response: Any) -> str:
    return str(response.content.decode())


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    """The form as a cashier fills it in for Ama's savings."""
    filled = {"key": new_key(), "customer": cast.ama.number, "account": cast.ama_savings.number, "amount": "250"}
    return filled | changes


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CASHIER])
def test_only_cashiers_have_a_counter(cast: Cast, client_for: ClientFor, role: Role) -> None:
    client = client_for(cast.of_role(role))
    for name in ("counter", "counter_open", "counter_close"):
        assert client.get(reverse(name)).status_code == 403
    for name in ("counter_deposit", "counter_withdrawal", "counter_pause", "counter_resume"):
        assert client.post(reverse(name), typed(cast)).status_code == 403
    assert not Entry.objects.filter(kind__in=["deposit", "withdrawal"]).exists()


@pytest.mark.parametrize("name", ["counter", "counter_deposit", "counter_open", "counter_close"])
def test_strangers_are_led_to_the_sign_in(cast: Cast, client: Client, name: str) -> None:
    assert client.post(reverse(name)).url.startswith(reverse("account_login"))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["counter_deposit", "counter_withdrawal", "counter_pause", "counter_resume"])
def test_nothing_is_posted_by_a_link(teller: Client, name: str) -> None:
    assert teller.get(reverse(name)).status_code == 405


def test_a_form_of_another_site_is_refused(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    client = client_for(cast.cashier, enforce_csrf_checks=True)
    assert client.post(reverse("counter_deposit"), typed(cast)).status_code == 403


def test_without_a_drawer_one_is_led_to_open_one(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    assert client.get(reverse("counter")).url == reverse("counter_open")  # type: ignore[attr-defined]
    assert client.post(reverse("counter_deposit"), typed(cast)).url == reverse("counter_open")  # type: ignore[attr-defined]
    assert not CashMovement.objects.exists()


def test_a_member_is_found_by_number(cast: Cast, teller: Client) -> None:
    page = html(teller.get(reverse("counter"), {"q": "102345"}))
    assert "Ama Mensah" in page
    assert cast.ama_savings.number in page
    assert "1,000.00" in page
    assert CustomerView.objects.filter(customer=cast.ama, viewer=cast.cashier).count() == 1


@pytest.mark.parametrize("text", ["ama mens", "MENSAH", "0241234567", "w ama 50"])
def test_a_member_is_found_by_name_and_phone(teller: Client, text: str) -> None:
    assert '<h2 id="card-name">Ama Mensah</h2>' in html(teller.get(reverse("counter"), {"q": text}))


def test_an_account_number_chooses_that_account(cast: Cast, teller: Client) -> None:
    page = html(teller.get(reverse("counter"), {"q": cast.ama_current.number}))
    assert re.search(rf'value="{cast.ama_current.number}"[^>]*checked', page)


def test_several_are_offered_with_birth_year_and_branch(cast: Cast, teller: Client) -> None:
    make_customer("Ama Mensah", cast.south, number="109999")
    page = html(teller.get(reverse("counter"), {"q": "ama mensah"}))
    assert page.count("data-choice") == 2
    assert "born 1990" in page
    assert "South" in page


def test_nobody_found_says_so(teller: Client) -> None:
    assert "Nobody found for “zzz&lt;b&gt;”" in html(teller.get(reverse("counter"), {"q": "zzz<b>"}))


def test_a_deposit_leads_to_its_receipt(cast: Cast, teller: Client) -> None:
    answer = teller.post(reverse("counter_deposit"), typed(cast, note_20000="1", note_5000="1"))
    assert answer.status_code == 303
    page = html(teller.get(answer.url))  # type: ignore[attr-defined]
    assert "Posted:" in page
    assert "two hundred and fifty cedis and 00/100" in page
    assert balance(cast.ama_savings.ledger_account) == 125_000


def test_a_withdrawal_needs_the_look(cast: Cast, teller: Client) -> None:
    refused = teller.post(reverse("counter_withdrawal"), typed(cast))
    assert refused.status_code == 422
    assert "Look at who this is first" in html(refused)
    assert teller.post(reverse("counter_withdrawal"), typed(cast, identity="on")).status_code == 303
    assert balance(cast.ama_savings.ledger_account) == 75_000


def test_a_refusal_keeps_everything_typed(cast: Cast, teller: Client) -> None:
    sent = typed(cast, amount="250.00", note_20000="1", memo="School fees")
    refused = teller.post(reverse("counter_deposit"), sent)
    page = html(refused)
    assert refused.status_code == 422
    assert "Nothing was posted" in page
    for kept in ('value="250.00"', 'value="School fees"', f'value="{sent["key"]}"', 'name="note_20000" value="1"'):
        assert kept in page
    assert not CashMovement.objects.exists()


@pytest.mark.parametrize(
    "amount", ["1e5", "NaN", "１２", "0.001", "-0", "-5", "0", "", "1.2.3", "99999999999999999999"]
)
def test_what_is_no_amount_is_refused(cast: Cast, teller: Client, amount: str) -> None:
    assert teller.post(reverse("counter_deposit"), typed(cast, amount=amount)).status_code == 422
    assert not CashMovement.objects.exists()


@pytest.mark.parametrize("pieces", ["-1", "1.5", "１", "1e2", "999999999"])
def test_what_is_no_number_of_notes_is_refused(cast: Cast, teller: Client, pieces: str) -> None:
    assert teller.post(reverse("counter_deposit"), typed(cast, note_20000=pieces)).status_code == 422


@pytest.mark.parametrize("key", ["", "1", "not-a-key"])
def test_a_form_without_its_key_is_refused(cast: Cast, teller: Client, key: str) -> None:
    assert teller.post(reverse("counter_deposit"), typed(cast, key=key)).status_code == 422
    assert not CashMovement.objects.exists()


def test_the_same_form_twice_answers_with_the_same_receipt(cast: Cast, teller: Client) -> None:
    sent = typed(cast)
    first, second = (teller.post(reverse("counter_deposit"), sent) for _ in range(2))
    assert first.url == second.url  # type: ignore[attr-defined]
    assert CashMovement.objects.count() == 1


def test_a_member_nobody_knows_is_not_found(cast: Cast, teller: Client) -> None:
    assert teller.post(reverse("counter_deposit"), typed(cast, customer="999999")).status_code == 404


def test_anothers_account_under_a_members_number_is_refused(cast: Cast, teller: Client) -> None:
    answer = teller.post(reverse("counter_deposit"), typed(cast, account=cast.kofi_savings.number))
    assert answer.status_code == 422
    assert not CashMovement.objects.exists()


def test_htmx_gets_the_desk_at_once(cast: Cast, teller: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "serving"}
    answer = teller.post(reverse("counter_deposit"), typed(cast), headers=headers)
    page = html(answer)
    assert (answer.status_code, page.strip().startswith('<div id="serving"')) == (200, True)
    assert 'data-state="done"' in page


def test_the_list_under_the_field_is_a_fragment(cast: Cast, teller: Client) -> None:
    answer = teller.get(reverse("counter_find"), {"q": "ama"}, headers={"HX-Request": "true", "HX-Target": "results"})
    assert html(answer).strip().startswith('<ul id="results"')
    assert 'data-number="102345"' in html(answer)
    assert not CustomerView.objects.exists()


def test_a_paused_drawer_shows_only_the_way_back(cast: Cast, session: DrawerSession, teller: Client) -> None:
    pause_session(session=session, by=cast.cashier, at=NOW)
    page = html(teller.get(reverse("counter"), {"q": "102345"}))
    assert "Resume Drawer 1" in page
    assert "Ama Mensah" not in page
    assert teller.post(reverse("counter_deposit"), typed(cast)).status_code == 422


def test_what_the_drawer_holds_is_nowhere_told(cast: Cast, session: DrawerSession, teller: Client) -> None:
    take_in(session, cast.ama_savings, "234.56")
    assert "1,234.56" not in html(teller.get(reverse("counter")))
    assert "234.56" in html(teller.get(reverse("counter")))


def test_a_drawer_being_counted_leads_to_its_count(session: DrawerSession, teller: Client) -> None:
    counted(session, {20000: 1})
    assert teller.get(reverse("counter")).url == reverse("counter_close")  # type: ignore[attr-defined]


@pytest.mark.parametrize("movements", [0, 40])
def test_the_desk_needs_the_same_queries_however_much_was_done(
    cast: Cast, session: DrawerSession, teller: Client, movements: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(movements):
        take_in(session, cast.ama_savings, "1.00")
    with django_assert_max_num_queries(23):
        teller.get(reverse("counter"), {"q": "102345"})
