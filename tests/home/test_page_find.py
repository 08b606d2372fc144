"""Finding anything: what fits, within whose reach, and that nothing is told of what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from portal.home.queries.finding import found
from tests.books import pay_in
from tests.cast import Cast

SignIn = Callable[..., Client]
PAGE = "/find/"


def _titles(cast_member: object, text: str) -> list[str]:
    return [hit.title for hit in found(cast_member, text)]


def test_staff_find_a_customer_by_name_and_an_account_by_its_number(cast: Cast) -> None:
    assert _titles(cast.cashier, "ama men") == [cast.ama.full_name]
    hits = found(cast.cashier, cast.ama_savings.number)
    assert {hit.url for hit in hits} == {f"/accounts/{cast.ama_savings.number}/", f"/customers/{cast.ama.number}/"}


def test_an_entry_is_found_by_the_reference_on_its_receipt(cast: Cast) -> None:
    reference = pay_in(cast.ama_savings, "5.00").reference
    spaced = f"{reference[:4]} {reference[4:8]} {reference[8:]}"
    assert [hit.url for hit in found(cast.manager, spaced)] == [
        f"/receipts/{reference}/",
        f"/reports/entries/{reference}/",
    ]
    assert [hit.url for hit in found(cast.ama_user, reference)] == [f"/receipts/{reference}/"]


def test_a_customer_finds_the_own_accounts_alone(cast: Cast) -> None:
    assert [hit.url for hit in found(cast.ama_user, "savings")] == [f"/accounts/{cast.ama_savings.number}/"]
    assert found(cast.ama_user, cast.outsider_savings.number) == []
    assert found(cast.ama_user, cast.outsider.full_name) == []


def test_another_branch_is_not_found(cast: Cast) -> None:
    reference = pay_in(cast.outsider_savings, "5.00").reference
    assert found(cast.manager, reference) == []


@pytest.mark.parametrize("text", ["", " ", "a", "%", "__", "' OR 1=1 --", "１２３４", "9" * 80])
def test_what_is_no_word_finds_nothing_and_breaks_nothing(cast: Cast, text: str) -> None:
    assert found(cast.auditor, text) == []


def test_the_page_lists_menu_lines_and_people(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.manager).post(PAGE, {"text": "trial"}).content.decode()
    assert 'href="/reports/trial-balance/"' in text.split('class="finds"')[1]
    assert "No person, account or reference fits “trial”." in text


def test_over_the_page_only_the_sheet_is_sent(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.cashier)
    sheet = client.get(PAGE, headers={"HX-Request": "true", "HX-Target": "modal"}).content.decode()
    assert "<html" not in sheet
    assert 'role="search"' in sheet
    listed = client.post(PAGE, {"text": "ama"}, headers={"HX-Request": "true", "HX-Target": "found"}).content.decode()
    assert listed.strip().startswith('<div id="found">')
    assert cast.ama.full_name in listed


def test_too_much_typed_is_said_on_the_field(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.cashier).post(PAGE, {"text": "x" * 81})
    assert answer.status_code == 422
    assert "at most 80" in answer.content.decode()
