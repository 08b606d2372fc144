"""The pages of statements: who may see whose, which days, and what is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.outbox.models import Job
from portal.people.models import CustomerView
from tests.books import pay_in
from tests.cast import TODAY, Cast, make_customer, make_user

SignIn = Callable[..., Client]
CHOOSE = "/statements/"
MAY = {Role.CUSTOMER, Role.CASHIER, Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR}


def _url(cast: Cast, ending: str = "", number: str = "", days: str = "2026-11-01/2026-11-30") -> str:
    return f"/accounts/{number or cast.ama_savings.number}/statements/{days}/{ending}"


@pytest.mark.parametrize("ending", ["", "files/csv/", "files/xlsx/"])
@pytest.mark.parametrize("role", list(Role))
def test_who_may_have_a_statement(cast: Cast, client_for: SignIn, role: Role, ending: str) -> None:
    status = client_for(cast.of_role(role)).get(_url(cast, ending)).status_code
    assert status == (200 if role in MAY else 403)


@pytest.mark.parametrize("ending", ["", "files/csv/", "files/xlsx/", "pdf/"])
def test_anothers_account_is_not_there(cast: Cast, client_for: SignIn, ending: str) -> None:
    for user in (cast.kofi_user, cast.outsider_user, cast.rival_manager):
        client = client_for(user)
        answer = (
            client.post(_url(cast, ending), {"key": new_key()}) if ending == "pdf/" else client.get(_url(cast, ending))
        )
        assert answer.status_code == 404
    assert client_for(cast.kofi_user).get(f"{CHOOSE}?account={cast.ama_savings.number}").status_code == 404


@pytest.mark.parametrize("ending", ["", "files/csv/", "files/xlsx/"])
def test_statements_are_only_read(cast: Cast, client_for: SignIn, ending: str) -> None:
    assert client_for(cast.ama_user).post(_url(cast, ending)).status_code == 405
    assert client_for(cast.ama_user).get(_url(cast, "pdf/")).status_code == 405


@pytest.mark.parametrize("days", ["2026-02-29/2026-03-01", "2026-13-01/2026-12-31", "x/y"])
def test_days_that_are_none_are_no_address(cast: Cast, client_for: SignIn, days: str) -> None:
    assert client_for(cast.ama_user).get(_url(cast, days=days)).status_code == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("2026-11-30/2026-11-01", "The last day is before the first"),
        ("2026-11-22/2026-11-30", "has not begun yet"),
        ("2026-11-01/2199-12-31", "between 1900 and a year from today"),
    ],
)
@pytest.mark.parametrize("ending", ["", "files/csv/", "files/xlsx/"])
def test_days_that_make_no_statement_are_refused_in_words(
    cast: Cast, client_for: SignIn, days: str, words: str, ending: str
) -> None:
    answer = client_for(cast.ama_user).get(_url(cast, ending, days=days))
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_period_that_is_not_over_is_marked(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.ama_user)
    assert "Provisional." in client.get(_url(cast)).content.decode()
    assert "Provisional." not in client.get(_url(cast, days="2026-10-01/2026-10-31")).content.decode()


def test_an_empty_period_is_told_in_words(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.ama_user).get(_url(cast, days="2026-10-01/2026-10-31")).content.decode()
    assert "Nothing happened in this period." in text
    assert text.count("0.00") >= 2


def test_the_months_lead_from_the_opening_to_today(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.ama_user).get(CHOOSE).content.decode()
    assert _url(cast) in text
    assert _url(cast, days="2024-01-01/2024-12-31") in text
    assert _url(cast, days="2023-01-01/2023-12-31") not in text


def test_any_days_lead_to_their_statement(cast: Cast, client_for: SignIn) -> None:
    query = f"?account={cast.ama_savings.number}&start=2026-11-03&end=2026-11-21"
    answer = client_for(cast.auditor).get(f"{CHOOSE}{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, _url(cast, days="2026-11-03/2026-11-21"))


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("start=2026-11-03&end=", "2026-11-03/2026-11-21"),
        ("start=&end=2026-11-03", "2024-01-02/2026-11-03"),
        ("start=&end=", "2024-01-02/2026-11-21"),
    ],
)
def test_an_open_end_reaches_to_the_opening_or_to_today(cast: Cast, client_for: SignIn, query: str, days: str) -> None:
    answer = client_for(cast.ama_user).get(f"{CHOOSE}?account={cast.ama_savings.number}&{query}")
    assert (answer.status_code, answer.headers["Location"]) == (302, _url(cast, days=days))


@pytest.mark.parametrize("query", ["start=2026-11-03&end=2026-11-01", "start=2026-12-01&end=", "start=x&end=y"])
def test_wrong_days_are_refused_on_the_form(cast: Cast, client_for: SignIn, query: str) -> None:
    answer = client_for(cast.ama_user).get(f"{CHOOSE}?account={cast.ama_savings.number}&{query}")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_staff_name_the_account_as_it_is_printed(cast: Cast, client_for: SignIn) -> None:
    number = cast.ama_savings.number
    spaced = f"{number[:4]} {number[4:8]} {number[8:]}"
    client = client_for(cast.cashier)
    assert client.get(CHOOSE).status_code == 200
    assert "Ama Mensah" in client.get(CHOOSE, {"account": spaced}).content.decode()


@pytest.mark.parametrize("typed", ["123", "x" * 99, "=1+1"])
def test_staff_who_mistype_are_told(cast: Cast, client_for: SignIn, typed: str) -> None:
    answer = client_for(cast.cashier).get(CHOOSE, {"account": typed})
    assert answer.status_code == 422
    assert client_for(cast.ama_user).get(CHOOSE, {"account": typed}).status_code == 404


def test_a_manager_reaches_the_own_branch_only(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.manager).get(CHOOSE, {"account": cast.outsider_savings.number})
    assert answer.status_code == 422
    assert "Esi Outsider" not in answer.content.decode()


def test_a_customer_without_an_account_is_told(cast: Cast, client_for: SignIn) -> None:
    newcomer = make_user(Role.CUSTOMER, "New Comer", customer=make_customer("New Comer", cast.north))
    text = client_for(newcomer).get(CHOOSE).content.decode()
    assert "You have no account yet" in text


def test_staff_who_read_a_statement_leave_a_line_and_customers_none(cast: Cast, client_for: SignIn) -> None:
    client_for(cast.ama_user).get(_url(cast))
    client_for(cast.auditor).get(_url(cast))
    views = CustomerView.objects.filter(customer=cast.ama)
    assert [(view.viewer_id, "Statement" in view.reason) for view in views] == [(cast.auditor.pk, True)]


def test_a_double_click_asks_for_one_pdf(cast: Cast, client_for: SignIn) -> None:
    client, key = client_for(cast.ama_user), new_key()
    answers = [client.post(_url(cast, "pdf/"), {"key": key}) for _ in range(2)]
    job = Job.objects.get(kind="document.render")
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, f"/jobs/{job.pk}/")] * 2
    assert job.payload["args"] == {"number": cast.ama_savings.number, "start": "2026-11-01", "end": "2026-11-30"}


def test_a_statement_needs_no_library_of_the_system(
    cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.documents.services.pdf_available", lambda: False)
    assert client_for(cast.ama_user).post(_url(cast, "pdf/"), {"key": new_key()}).status_code == 303


def test_a_form_without_its_key_asks_for_nothing(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.ama_user).post(_url(cast, "pdf/"), {"key": "rubbish"})
    assert (answer.status_code, answer.headers["Location"]) == (303, _url(cast))
    assert not Job.objects.exists()


def test_long_statements_are_paged_on_the_screen(
    cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.statements.pages.views.SCREEN_ROWS", 2)
    for _ in range(3):
        pay_in(cast.ama_savings, "1.00")
    client = client_for(cast.ama_user)
    first, last = (client.get(_url(cast) + page).content.decode() for page in ("", "?page=2"))
    assert ("<strong>Opening balance</strong>" in first, "Closing balance</td>" in first) == (True, False)
    assert ("<strong>Opening balance</strong>" in last, "Closing balance</td>" in last) == (False, True)


def test_words_of_customers_are_words(cast: Cast, client_for: SignIn) -> None:
    pay_in(cast.ama_savings, "1.00", memo="<script>alert(1)</script>")
    text = client_for(cast.auditor).get(_url(cast)).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_days_of_the_page_are_the_branchs_not_the_clocks(cast: Cast, client_for: SignIn) -> None:
    cast.north.business_date = date(2026, 9, 30)
    cast.north.save()
    assert cast.north.business_date < TODAY
    answer = client_for(cast.ama_user).get(_url(cast, days="2026-10-01/2026-10-31"))
    assert answer.status_code == 422
