"""Finding a customer by what people say at the counter, within the searcher's reach."""

from __future__ import annotations

import pytest

from portal.people.models import User
from portal.people.queries import customers_visible_to, find_customers
from tests.cast import Cast, make_customer


def names(user: User, text: str) -> list[str]:
    return [customer.full_name for customer in find_customers(user, text)]


@pytest.mark.parametrize(
    "text",
    ["102345", "1023", "ama mensah", "AMA", "mens", "Mensah, Ama", "+233 24 123 4567", "0241234567", "024-123-4567"],
)
def test_found_by_number_name_or_phone(cast: Cast, text: str) -> None:
    assert "Ama Mensah" in names(cast.cashier, text)


@pytest.mark.parametrize("text", ["", " ", "a", "!", "'", "a' | 'b", "zz top", "\\", "ama & kofi:*", "0000000"])
def test_other_words_find_nobody_and_break_nothing(cast: Cast, text: str) -> None:
    assert "Ama Mensah" not in names(cast.cashier, text)


def test_the_exact_number_comes_first(cast: Cast) -> None:
    make_customer("Aaron Aboagye", cast.north, number="1023456")
    assert names(cast.cashier, "102345") == ["Ama Mensah", "Aaron Aboagye"]


def test_a_cashier_finds_everybody(cast: Cast) -> None:
    assert names(cast.cashier, "outsider") == ["Esi Outsider"]


def test_a_manager_finds_the_own_branch_only(cast: Cast) -> None:
    assert names(cast.manager, "outsider") == []


@pytest.mark.parametrize("role", ["customer", "mobile_banker", "administrator"])
def test_others_find_nobody(cast: Cast, role: str) -> None:
    assert names(cast.of_role(role), "mensah") == []


@pytest.mark.parametrize(
    ("role", "count"),
    [("customer", 1), ("cashier", 3), ("mobile_banker", 0), ("manager", 2), ("administrator", 0), ("auditor", 3)],
)
def test_records_are_seen_by_scope(cast: Cast, role: str, count: int) -> None:
    assert customers_visible_to(cast.of_role(role)).count() == count
