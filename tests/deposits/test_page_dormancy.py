"""The list of dormant accounts: who sees which, what it says, and that taking it away leaves a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import services
from portal.deposits.models import DepositAccount, Product
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import NewEntry, credit, debit, post
from tests.cast import NOW, Cast, make_account, new_terms
from tests.deposits.test_page_accounts import queries_of
from tests.deposits.test_services_post_interest import book

ClientFor = Callable[..., Client]
LIST = "dormant_list"


@pytest.fixture
def quiet(cast: Cast) -> DepositAccount:
    """Ama's account, not moved since March and put to sleep by the day's work."""
    account = make_account(cast.ama, cast.savings)
    new_terms(cast.savings, dormancy_days=180)
    book(account, [(date(2026, 3, 1), date(2026, 3, 1), 123_456)])
    DepositAccount.objects.exclude(pk=account.pk).update(opened_on=date(2026, 11, 1))
    assert services.mark_dormant(branch=cast.north, at=NOW) == 1
    return account


def test_it_says_since_when_and_what_lies_there(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    page = client_for(cast.operations_manager).get(reverse(LIST)).content.decode()
    assert "1 Mar 2026" in page
    assert "1,234.56" in page
    assert reverse("account_keeping", args=[quiet.number]) in page


def test_a_manager_sees_the_own_branch_and_a_cashier_nothing(
    cast: Cast, client_for: ClientFor, quiet: DepositAccount
) -> None:
    url = reverse(LIST)
    assert quiet.number[:4] in client_for(cast.manager).get(url).content.decode().replace(" ", "")
    assert "No account is dormant." in client_for(cast.rival_manager).get(url).content.decode()
    assert client_for(cast.cashier).get(url).status_code == 403


def test_one_branch_is_asked_for(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    client = client_for(cast.auditor)
    assert "1,234.56" in client.get(reverse(LIST), {"branch": cast.north.code}).content.decode()
    assert "No account is dormant." in client.get(reverse(LIST), {"branch": cast.south.code}).content.decode()
    assert client.get(reverse(LIST), {"branch": "99"}).status_code == 422


def test_the_file_has_them_all_and_leaves_a_line(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    answer = client_for(cast.operations_manager).get(reverse("dormant_csv"))
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # a stream
    row, total = csv.DictReader(io.StringIO(body))
    assert (total["account"], total["balance"]) == ("All 1 account in GHS", "1234.56")
    assert (row["account"], row["last_moved"], row["balance"]) == (quiet.number, "2026-03-01", "1234.56")
    assert Event.objects.filter(verb="list of dormant accounts downloaded", actor=cast.operations_manager).exists()


def test_each_currency_has_its_own_total(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    dollars = Product.objects.create(code="09", name="Dollars", kind=Product.Kind.SAVINGS, currency="USD")
    held = make_account(cast.ama, dollars)
    reserve = chart.branch_account(cast.north.pk, chart.OPENING_EQUITY)
    reserve.pk, reserve.code, reserve.currency = None, "3901", "USD"
    reserve.save(force_insert=True)
    lines = [debit(reserve, Money(5_000, "USD")), credit(held.ledger_account, Money(5_000, "USD"))]
    post(NewEntry(kind=EntryKind.OPENING, branch=cast.north, lines=lines, key=new_key()), by=None, at=NOW)
    chart.forget_known()
    DepositAccount.objects.filter(product=dollars).update(state="dormant")
    client = client_for(cast.operations_manager)
    page = " ".join(client.get(reverse(LIST)).content.decode().split())
    assert "All 1 account in GHS" in page
    assert "All 1 account in USD" in page
    assert "1,284.56" not in page
    answer = client.get(reverse("dormant_csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]  # a stream
    assert [(row["balance"], row["currency"]) for row in rows[-2:]] == [("1234.56", "GHS"), ("50.00", "USD")]


def test_who_wakes_is_gone_from_it(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    services.change_state(
        account=quiet, state="active", reason="Came in", identity_seen="Ghana Card", by=cast.manager, at=NOW
    )
    assert "No account is dormant." in client_for(cast.operations_manager).get(reverse(LIST)).content.decode()


def test_the_list_asks_as_little_for_many(cast: Cast, client_for: ClientFor, quiet: DepositAccount) -> None:
    client = client_for(cast.auditor)
    first = queries_of(client, reverse(LIST))
    for _ in range(5):
        make_account(cast.ama, cast.savings)
    DepositAccount.objects.update(state="dormant")
    assert queries_of(client, reverse(LIST)) == first
