"""Holds lower what is available; reversals are exact opposites, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from portal.base.keys import new_key
from portal.base.money import Money
from portal.ledger.errors import HoldShort, InsufficientFunds, NotReversible
from portal.ledger.models import Balance, Entry, Hold, HoldChange
from portal.ledger.queries import funds
from portal.ledger.services import (
    Posted,
    close_period,
    expire_holds,
    open_day,
    place_hold,
    post,
    release_hold,
    reverse_entry,
)
from tests.cast import CURRENCY, NOW, TODAY
from tests.ledger.conftest import Books


def hold(books: Books, amount: int, **extra: object) -> Hold:
    fields: dict[str, object] = {"reason": "card payment", "expires_at": None, "by": None, "at": NOW} | extra
    return place_hold(account=books.first, amount=Money(amount, CURRENCY), **fields)  # type: ignore[arg-type]


def reverse(entry_id: UUID, key: str = "") -> Posted:
    entry = Entry.objects.get(pk=entry_id)
    return reverse_entry(entry=entry, reason="keyed twice", key=key or new_key(), channel="branch", by=None, at=NOW)


def test_held_money_cannot_leave(books: Books) -> None:
    hold(books, 9000)
    assert funds(books.first).available == Money(1000, CURRENCY)
    with pytest.raises(InsufficientFunds):
        books.move(1001)


def test_more_than_there_is_cannot_be_held(books: Books) -> None:
    with pytest.raises(InsufficientFunds):
        hold(books, 10_001)


def test_captured_in_part_then_released(books: Books) -> None:
    held = hold(books, 5000)
    books.move(3000, capture=held.pk)
    assert funds(books.first).available == Money(5000, CURRENCY)
    assert release_hold(hold=held, by=None, at=NOW) == Money(2000, CURRENCY)
    assert funds(books.first).held == Money(0, CURRENCY)
    assert list(HoldChange.objects.order_by("id").values_list("outcome", "amount_minor")) == [
        ("captured", 3000),
        ("released", 2000),
    ]


def test_a_hold_cannot_pay_more_than_it_holds(books: Books) -> None:
    held = hold(books, 100)
    with pytest.raises(HoldShort):
        books.move(101, capture=held.pk)


def test_released_once(books: Books) -> None:
    held = hold(books, 100)
    release_hold(hold=held, by=None, at=NOW)
    assert release_hold(hold=held, by=None, at=NOW) == Money(0, CURRENCY)


def test_only_expired_holds_expire(books: Books) -> None:
    hold(books, 100, expires_at=NOW)
    hold(books, 200, expires_at=NOW + timedelta(minutes=1))
    assert expire_holds(at=NOW) == 1
    assert Balance.objects.get(account=books.first).held_minor == 200


def test_reversal_is_the_exact_opposite_and_linked(books: Books) -> None:
    posted = books.move(2500)
    reverse(posted.entry_id)
    entry = Entry.objects.get(pk=posted.entry_id)
    assert Balance.objects.get(account=books.first).balance_minor == 10_000
    assert entry.reversed_by.reverses_id == entry.pk


def test_reversed_once(books: Books) -> None:
    posted = books.move(2500)
    reverse(posted.entry_id)
    with pytest.raises(NotReversible):
        reverse(posted.entry_id)


def test_the_same_reversal_again_answers_the_first(books: Books) -> None:
    posted = books.move(2500)
    assert reverse(posted.entry_id, key="r-1").entry_id == reverse(posted.entry_id, key="r-1").entry_id


def test_a_reversal_is_not_reversed(books: Books) -> None:
    reversal = reverse(books.move(2500).entry_id)
    with pytest.raises(NotReversible):
        reverse(reversal.entry_id)


def test_no_reversal_without_cover(books: Books) -> None:
    posted = books.move(2500)
    post_back = books.entry(source=books.second, target=books.far, amount=2500)
    post(post_back, by=None, at=NOW)
    with pytest.raises(InsufficientFunds):
        reverse(posted.entry_id)


def test_no_reversal_of_a_closed_period(books: Books) -> None:
    posted = books.move(2500)
    open_day(branch=books.north, day=TODAY + timedelta(days=1), by=None, at=NOW)
    close_period(branch=books.north, through=TODAY, by=None, at=NOW)
    with pytest.raises(NotReversible):
        reverse(posted.entry_id)
