"""The first run of a real institution: once, by whoever holds the address, all or nothing."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.administration.services import first_address
from portal.administration.services.first_address import make_token
from portal.administration.services.setting_up import SET_UP
from portal.audit.models import Event
from portal.base.clock import now
from portal.base.money import exponent
from portal.drawers.models import Drawer
from portal.home.queries.first_steps import first_steps
from portal.institution.currencies import CURRENCIES
from portal.institution.models import Branch, Denomination, Institution
from portal.ledger import chart
from portal.ledger.models import Account
from portal.people.models import User
from tests.administration.working import invited
from tests.cast import Cast, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "seven small boats at dawn"
TYPED = {
    "name": "Harbour Savings Union",
    "short_name": "Harbour",
    "currency": "GHS",
    "time_zone": "Africa/Accra",
    "locale": "en",
    "code": "01",
    "branch_name": "Main Street",
    "address": "1 Main Street, Tema",
    "phone": "+233303000101",
    "opening_hours": "Monday to Friday 8:30 to 16:00",
    "full_name": "Efua Owner",
    "email": "Efua@Harbour.example",
    "password": PASSWORD,
}


@pytest.fixture(autouse=True)
def _secrets_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_settings, "DATA_DIR", tmp_path)


def typed(**other: str) -> dict[str, str]:
    return TYPED | {"business_date": now().date().isoformat()} | other


def address() -> str:
    return reverse("setup", args=[make_token()])


def made() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Institution, Branch, Denomination, Account, User, Event))


def test_the_whole_way_to_signing_in(client: Client) -> None:
    url = address()
    assert client.get(url).status_code == 200
    answer = client.post(url, typed())
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("account_login"))
    assert "Harbour Savings Union is set up." in client.get(answer.headers["Location"]).content.decode()
    entered = client.post(reverse("account_login"), {"login": "efua@harbour.example", "password": PASSWORD})
    assert client.get(entered.headers["Location"], follow=True).redirect_chain[-1:] in ([], [(reverse("enrol"), 302)])


def test_what_is_made(client: Client) -> None:
    client.post(address(), typed())
    house, branch, user = Institution.objects.get(), Branch.objects.get(), User.objects.get()
    assert (house.name, house.currency, house.time_zone) == ("Harbour Savings Union", "GHS", "Africa/Accra")
    assert (branch.code, branch.name, branch.business_date) == ("01", "Main Street", now().date())
    assert (user.email, user.role, user.check_password(PASSWORD)) == ("efua@harbour.example", Role.ADMINISTRATOR, True)
    assert chart.branch_account(branch.pk, chart.DRAWERS).currency == "GHS"
    assert Account.objects.filter(branch=branch).count() == len(chart.DEFAULT_CHART)
    assert Denomination.objects.filter(currency="GHS", is_coin=False).count() == 6
    assert Event.objects.get(verb=SET_UP).actor_id == user.pk


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_has_notes_and_coins_once(client: Client, currency: str) -> None:
    assert client.post(address(), typed(currency=currency)).status_code == 303
    values = [each.value_minor for each in Denomination.objects.filter(currency=currency)]
    assert max(values) >= 10 ** exponent(currency) * 50
    assert len(values) == len(set(values))


@pytest.mark.parametrize("token", ["x", "no-such-token", "A" * 43])
def test_another_address_is_none(client: Client, token: str) -> None:
    make_token()
    url = reverse("setup", args=[token])
    assert [client.get(url).status_code, client.post(url, typed()).status_code] == [404, 404]
    assert made() == (0, 0, 0, 0, 0, 0)


def test_without_an_address_there_is_no_page(client: Client) -> None:
    assert client.get(reverse("setup", args=["anything"])).status_code == 404


def test_an_address_works_once(client: Client) -> None:
    url = address()
    client.post(url, typed())
    assert [client.get(url).status_code, client.post(url, typed()).status_code] == [404, 404]
    assert (Institution.objects.count(), User.objects.count()) == (1, 1)


def test_a_newer_address_voids_the_one_before(client: Client) -> None:
    older, newer = address(), address()
    assert [client.get(older).status_code, client.get(newer).status_code] == [404, 200]


def test_an_institution_that_exists_is_not_set_up(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert make_token() == ""
    with monkeypatch.context() as patch:
        patch.setattr(first_address, "institution", lambda: None)
        url = address()
    assert [client.get(url).status_code, client.post(url, typed()).status_code] == [404, 404]


def test_only_a_hash_is_kept_for_its_owner(tmp_path: Path) -> None:
    token = make_token()
    kept = tmp_path / "secrets" / "setup"
    assert len(token) >= 43
    assert token not in kept.read_text(encoding="ascii")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_command_prints_the_address(client: Client) -> None:
    said = StringIO()
    call_command("setup_address", "--url", "http://127.0.0.1:8000/", stdout=said)
    start, slash, path = said.getvalue().strip().partition("/setup/")
    assert (start, client.get(slash + path).status_code) == ("http://127.0.0.1:8000", 200)


def test_the_command_has_nothing_to_say_where_there_is_an_institution(cast: Cast) -> None:
    said = StringIO()
    call_command("setup_address", stdout=said)
    assert said.getvalue() == ""


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("password", "short", "It takes 15 or more"),
        ("password", "passwordpassword", "known from breaches"),
        ("password", "efua owner efua owner", "mostly made of"),
        ("password", "Harbour Savings Union 1", "mostly made of"),
        ("password", "Main Street 123456", "mostly made of"),
        ("business_date", "2099-01-01", "cannot lie in the future"),
        ("business_date", "2001-01-01", "at most a year ago"),
        ("code", "1x", "Enter two digits"),
        ("currency", "ABC", "Select a valid choice"),
        ("time_zone", "Mars/Base", "Select a valid choice"),
        ("email", "efua", "valid email"),
        ("name", "", "required"),
    ],
)
def test_what_is_refused_makes_nothing_and_loses_nothing(client: Client, field: str, text: str, why: str) -> None:
    url = address()
    answer = client.post(url, typed(**{field: text}))
    body = answer.content.decode()
    assert (answer.status_code, made()) == (422, (0, 0, 0, 0, 0, 0))
    assert f'id="id_{field}_error"' in body
    assert why in body
    kept = ("name", "short_name", "branch_name", "address", "phone", "opening_hours", "full_name", "email")
    assert [name for name in kept if name != field and f'value="{TYPED[name]}"' not in body] == []
    assert PASSWORD not in body
    assert client.get(url).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_institution(monkeypatch: pytest.MonkeyPatch) -> None:
    url, both_let_in = address(), Barrier(2)

    def opens(token: str) -> bool:
        let_in = first_address.token_opens(token)
        both_let_in.wait(timeout=30)
        return let_in

    monkeypatch.setattr("portal.administration.pages.setup.token_opens", opens)

    def send(name: str) -> Any:
        try:
            return Client().post(url, typed(name=name, email=f"{name}@harbour.example"))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(send, ("one", "two")))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert (Institution.objects.count(), Branch.objects.count(), User.objects.count()) == (1, 1, 1)


def test_whoever_comes_a_moment_later_is_told(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.administration.pages.setup.token_opens", lambda token: True)
    before = made()
    answer = client.post(reverse("setup", args=["held"]), typed(code="77"))
    assert answer.status_code == 409
    assert "Somebody else finished setting it up" in answer.content.decode()
    assert made() == before


def test_the_first_steps_of_a_new_institution(client: Client, client_for: Callable[..., Client]) -> None:
    client.post(address(), typed())
    assert {step.status for step in first_steps()} == {"not_started"}
    body = client_for(User.objects.get()).get(reverse("home")).content.decode()
    assert "To do before the counters open" in body
    assert reverse("staff_invite") in body
    assert "Cashier of Main Street" in body


def test_a_step_is_done_by_who_works_and_begun_by_who_is_invited(cast: Cast) -> None:
    states = {step.label: step.status for step in first_steps()}
    assert states["Second administrator"] == "not_started"
    assert states["Cashier of North"] == "done"
    invited(cast, "second", Role.ADMINISTRATOR)
    assert {step.label: step.status for step in first_steps()}["Second administrator"] == "invited"


def test_nothing_is_left_to_remind_of_once_all_is_done(cast: Cast) -> None:
    make_user(Role.ADMINISTRATOR, "Second Administrator")
    for role, branch in ((Role.MANAGER, cast.south), (Role.CASHIER, cast.south)):
        make_user(role, f"{role} of South", branch=branch)
    assert Drawer.objects.filter(branch=cast.south).exists()
    assert first_steps() == []


def test_a_branch_opens_on_the_day_that_was_chosen(client: Client) -> None:
    client.post(address(), typed(business_date="2026-01-02"))
    assert Branch.objects.filter(business_date=date(2026, 1, 2)).exists() is (now().date() < date(2027, 1, 3))
