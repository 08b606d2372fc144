"""Opening accounts: numbers, the ledger account, the floor."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.base.errors import Refused
from portal.deposits import queries
from portal.deposits.models import Product, Terms
from portal.deposits.numbers import account_number, is_account_number
from portal.deposits.services import Opening, open_account, open_accounts
from portal.ledger import chart
from portal.people.models import Customer
from tests.cast import NOW, TODAY, Cast


def overdraft_product() -> Product:
    product = Product.objects.create(code="09", name="Flexible", kind=Product.Kind.CURRENT, currency="GHS")
    Terms.objects.create(product=product, effective_from=date(2024, 1, 1), rate_bps=0, overdraft_limit_minor=50_000)
    return product


def test_an_account_stands_among_the_branchs_deposits(cast: Cast) -> None:
    account = open_account(customer=cast.kofi, product=cast.current, branch=cast.north, by=cast.manager, at=NOW)
    assert is_account_number(account.number)
    assert account.number.startswith("0102")
    assert account.opened_on == TODAY
    assert account.ledger_account.parent == chart.branch_account(cast.north.pk, chart.DEPOSITS)
    assert queries.funds_of(account).available.minor == 0


def test_the_floor_comes_from_the_terms(cast: Cast) -> None:
    account = open_account(customer=cast.kofi, product=overdraft_product(), branch=cast.north, by=None, at=NOW)
    assert account.ledger_account.floor_minor == -50_000
    assert queries.funds_of(account).available.minor == 50_000


def test_numbers_follow_on_those_there_are(cast: Cast) -> None:
    first = open_account(customer=cast.kofi, product=cast.savings, branch=cast.north, by=None, at=NOW)
    second = open_account(customer=cast.kofi, product=cast.savings, branch=cast.north, by=None, at=NOW)
    assert int(second.number[4:10]) == int(first.number[4:10]) + 1 > int(cast.kofi_savings.number[4:10])


def test_given_numbers_are_kept_and_jumped_over(cast: Cast) -> None:
    given = account_number("01", "01", 900_000)
    openings = [
        Opening(cast.kofi, cast.savings, cast.north, TODAY),
        Opening(cast.ama, cast.savings, cast.north, date(2025, 3, 1), number=given),
    ]
    opened = open_accounts(openings=openings, by=None, at=NOW)
    assert [account.number for account in opened] == [account_number("01", "01", 900_001), given]


def test_many_accounts_cost_few_statements(cast: Cast) -> None:
    openings = [Opening(cast.kofi, cast.savings, cast.north, TODAY)] * 500
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert len(open_accounts(openings=openings, by=None, at=NOW)) == 500
    assert len(caught) <= 12


@pytest.mark.parametrize("number", ["010100070000", "banana", ""])
def test_a_number_that_does_not_check_is_refused(cast: Cast, number: str) -> None:
    with pytest.raises(Refused, match="check digits"):
        open_accounts(openings=[Opening(cast.ama, cast.savings, cast.north, TODAY, number)], by=None, at=NOW)


def test_a_number_taken_already_is_refused(cast: Cast) -> None:
    taken = Opening(cast.ama, cast.savings, cast.north, TODAY, cast.kofi_savings.number)
    with pytest.raises(Refused, match="taken"):
        open_accounts(openings=[taken], by=None, at=NOW)


def test_a_product_without_terms_on_the_day_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="no terms"):
        open_accounts(openings=[Opening(cast.ama, cast.savings, cast.north, date(2020, 1, 1))], by=None, at=NOW)


def test_another_currency_than_the_branchs_is_refused(cast: Cast) -> None:
    dollars = Product.objects.create(code="08", name="Dollars", kind=Product.Kind.SAVINGS, currency="USD")
    with pytest.raises(Refused, match="keeps its books in GHS"):
        open_account(customer=cast.ama, product=dollars, branch=cast.north, by=None, at=NOW)


def test_who_left_opens_nothing(cast: Cast) -> None:
    cast.ama.state = Customer.State.CLOSED
    with pytest.raises(Refused, match="no longer a member"):
        open_account(customer=cast.ama, product=cast.savings, branch=cast.north, by=None, at=NOW)
