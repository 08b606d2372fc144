"""The tree of accounts: what may be added, changed, closed and reopened, and what is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from portal.base.errors import Refused
from portal.ledger import chart, services
from portal.ledger.errors import AccountClosed
from portal.ledger.models import Account, Balance, Kind, Side
from tests.cast import NOW
from tests.ledger.conftest import Books


def add(books: Books, under: str, code: str, **extra: Any) -> Account:
    new = services.NewAccount(code=code, name=extra.pop("name", f"Line {code}"), **extra)
    return services.add_account(parent=books.of(books.north, under), new=new, by=None, at=NOW)


def change(account: Account, **extra: Any) -> Account:
    kept = {"name": account.name, "parent": account.parent, "allows_manual": account.allows_manual}
    return services.change_account(account=account, **(kept | extra), by=None, at=NOW)


def close(account: Account) -> Account:
    return services.close_account(account=account, by=None, at=NOW)


def refusal(action: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        action(*args, **named)
    return caught.value.code


def test_a_line_takes_its_kind_side_and_currency_from_its_header(books: Books) -> None:
    rent = add(books, "5000", "5110", allows_manual=True)
    assert (rent.kind, rent.normal_side, rent.currency) == (Kind.EXPENSE, Side.DEBIT, "GHS")
    assert (rent.tracked, rent.floor_minor, rent.allows_manual, rent.is_header) == (False, None, True, False)
    assert not Balance.objects.filter(account=rent).exists()


def test_a_tracked_line_has_a_balance_and_a_floor(books: Books) -> None:
    stamps = add(books, "1010", "1030", tracked=True)
    assert stamps.floor_minor == 0
    assert Balance.objects.get(account=stamps).balance_minor == 0


def test_a_header_takes_no_entries_whatever_was_ticked(books: Books) -> None:
    header = add(books, "1000", "1500", is_header=True, tracked=True, allows_manual=True)
    assert (header.is_header, header.tracked, header.allows_manual) == (True, False, False)
    below = services.NewAccount(code="1510", name="Chairs")
    assert services.add_account(parent=header, new=below, by=None, at=NOW).parent == header


@pytest.mark.parametrize(
    ("under", "code", "name", "why"),
    [
        ("5000", "5100", "Rent", "duplicate"),
        ("5000", "51 10", "Rent", "code"),
        ("5000", "", "Rent", "code"),
        ("5000", "1" * 13, "Rent", "code"),
        ("5000", "5110", "  ", "name"),
        ("5000", "5110", "x" * 121, "name"),
        ("5100", "5110", "Rent", "not_header"),
        (chart.DRAWERS, "1021", "Drawer", "others"),
        (chart.DEPOSITS, "2011", "Member", "others"),
    ],
)
def test_what_cannot_be_added(books: Books, under: str, code: str, name: str, why: str) -> None:
    before = Account.objects.count()
    assert refusal(add, books, under, code, name=name) == why
    assert Account.objects.count() == before


def test_a_code_means_the_same_at_every_branch(books: Books) -> None:
    add(books, "5000", "6000")
    other = services.NewAccount(code="6000", name="Van")
    assets, expenses = books.of(books.south, "1000"), books.of(books.south, "5000")
    assert refusal(services.add_account, parent=assets, new=other, by=None, at=NOW) == "other_meaning"
    assert services.add_account(parent=expenses, new=other, by=None, at=NOW).branch == books.south


def test_a_line_is_renamed_moved_and_found_anew(books: Books) -> None:
    header = add(books, "1000", "1500", is_header=True)
    banks = change(books.of(books.north, chart.EXTERNAL), name="  Banks   abroad ", parent=header, allows_manual=False)
    banks.refresh_from_db()
    assert (banks.name, banks.parent, banks.allows_manual) == ("Banks abroad", header, False)


@pytest.mark.django_db(transaction=True)
def test_what_was_kept_in_memory_is_forgotten(committed_books: Books) -> None:
    known = committed_books.of(committed_books.north, chart.EXTERNAL)
    change(Account.objects.get(pk=known.pk), name="Banks")
    assert committed_books.of(committed_books.north, chart.EXTERNAL).name == "Banks"


def test_where_a_line_cannot_go(books: Books) -> None:
    banks, cash = books.of(books.north, chart.EXTERNAL), books.of(books.north, chart.CASH)
    upper = add(books, chart.CASH, "1040", is_header=True)
    lower = services.add_account(
        parent=upper, new=services.NewAccount(code="1050", name="Tins", is_header=True), by=None, at=NOW
    )
    assert refusal(change, banks, parent=books.of(books.north, "2000")) == "kind"
    assert refusal(change, banks, parent=books.of(books.south, "1000")) == "kind"
    assert refusal(change, banks, parent=books.of(books.north, chart.VAULT)) == "not_header"
    assert refusal(change, banks, parent=books.of(books.north, chart.DRAWERS)) == "others"
    assert refusal(change, banks, parent=None) == "no_parent"
    assert refusal(change, cash, parent=lower) == "cycle"
    assert refusal(change, upper, parent=upper) == "cycle"


def test_a_line_with_money_is_not_closed_until_it_is_empty(books: Books) -> None:
    rent = add(books, "5000", "5110")
    books.move(1)
    services.post(books.entry(source=rent, target=books.first, amount=500), by=None, at=NOW)
    with pytest.raises(Refused, match=r"GHS 5\.00, not zero"):
        close(rent)
    services.post(books.entry(source=books.first, target=rent, amount=500), by=None, at=NOW)
    assert not close(rent).is_active
    with pytest.raises(AccountClosed):
        services.post(books.entry(source=rent, target=books.first, amount=500), by=None, at=NOW)
    services.reopen_account(account=rent, by=None, at=NOW)
    services.post(books.entry(source=rent, target=books.first, amount=500), by=None, at=NOW)


def test_what_the_portal_posts_to_stays_open(books: Books) -> None:
    for code in sorted(chart.POSTED_TO):
        assert refusal(close, books.of(books.north, code)) == "needed"


def test_headers_close_from_below_and_reopen_from_above(books: Books) -> None:
    header = add(books, "5000", "5500", is_header=True)
    rent = services.add_account(parent=header, new=services.NewAccount(code="5510", name="Rent"), by=None, at=NOW)
    assert refusal(close, header) == "not_empty"
    close(rent)
    close(header)
    assert refusal(services.reopen_account, account=rent, by=None, at=NOW) == "closed_parent"
    new = services.NewAccount(code="5520", name="Light")
    assert refusal(services.add_account, parent=header, new=new, by=None, at=NOW) == "closed_parent"
    assert change(rent, name="Old rent").name == "Old rent"
    services.reopen_account(account=header, by=None, at=NOW)
    assert services.reopen_account(account=rent, by=None, at=NOW).is_active


def test_a_members_account_is_not_changed_here(books: Books) -> None:
    books.first.parent = books.of(books.north, chart.DEPOSITS)
    books.first.save(update_fields=["parent"])
    assert refusal(change, books.first, name="Mine") == "others"
    assert refusal(close, books.first) == "others"
    assert refusal(services.reopen_account, account=books.first, by=None, at=NOW) == "others"
