"""How low a member's account may go: changed by somebody, for a reason, and never by the back door."""

from __future__ import annotations

import pytest

from portal.access.roles import Role
from portal.base.errors import Refused
from portal.base.money import Money
from portal.ledger.errors import AccountClosed, InsufficientFunds
from portal.ledger.models import Account, FloorChange
from portal.ledger.services import rest_floor, set_floor
from tests.cast import NOW, make_user
from tests.ledger.conftest import Books


def test_a_changed_floor_says_who_and_why(books: Books) -> None:
    manager = make_user(Role.AUDITOR, "Some One")
    with pytest.raises(InsufficientFunds):
        books.move(10_500)
    set_floor(account=books.first, floor=Money(-1_000, "GHS"), why=" Overdraft agreed ", by=manager, at=NOW)
    books.move(10_500)
    change = FloorChange.objects.get()
    assert (change.account, change.before_minor, change.after_minor) == (books.first, 0, -1_000)
    assert (change.why, change.by, change.at) == ("Overdraft agreed", manager, NOW)


def test_no_reason_no_change(books: Books) -> None:
    with pytest.raises(Refused, match="Say why"):
        set_floor(account=books.first, floor=Money(-1_000, "GHS"), why=" ", by=make_user(Role.AUDITOR, "A B"), at=NOW)
    assert not FloorChange.objects.exists()


@pytest.mark.parametrize("code", ["1020", "4020"])
def test_the_institutions_own_accounts_keep_their_floor(books: Books, code: str) -> None:
    """Cash cannot fall below nothing, and what is hot has no floor."""
    account = books.of(books.north, code)
    with pytest.raises(AccountClosed):
        set_floor(account=account, floor=Money(-9, "GHS"), why="x", by=make_user(Role.AUDITOR, "A B"), at=NOW)
    assert Account.objects.get(pk=account.pk).floor_minor == account.floor_minor


def test_another_currency_is_refused(books: Books) -> None:
    with pytest.raises(Refused, match="kept in GHS"):
        set_floor(account=books.first, floor=Money(0, "CZK"), why="x", by=make_user(Role.AUDITOR, "A B"), at=NOW)


def test_floors_rest_for_the_owner_alone(books: Books) -> None:
    with pytest.raises(Exception, match="permission denied"):
        rest_floor(account=books.first, floor=None, by=None, at=NOW)
