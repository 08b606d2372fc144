"""A debit and a credit have a short way through the door: it writes, answers and refuses what the long one does."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection

from portal.base.keys import new_key
from portal.base.money import Money
from portal.ledger import chart
from portal.ledger.errors import AccountClosed, InsufficientFunds, KeyReused, Unbalanced
from portal.ledger.models import Account, Balance, Entry, EntryKind, Posting
from portal.ledger.services import NewEntry, credit, debit, post, post_many
from tests.cast import CURRENCY, NOW
from tests.ledger.conftest import Books

_OWN = ("business_date", "value_date", "kind", "channel", "memo", "occurred_at", "actor_id", "key_scope", "branch_id")


def _pair(books: Books, *, amount: int, key: str = "") -> NewEntry:
    return books.entry(source=books.first, target=books.second, amount=amount, key=key)


def _written(entry_id: UUID) -> tuple[object, ...]:
    """All that an entry says, but for what is its own: id, key, reference, and how far its accounts had come."""
    lines = Posting.objects.filter(entry_id=entry_id).order_by("line")
    return (
        Entry.objects.values_list(*_OWN).get(pk=entry_id),
        list(lines.values_list("line", "account_id", "side", "amount_minor", "business_date", "value_date")),
    )


def test_it_writes_what_a_batch_writes(books: Books) -> None:
    short = post(_pair(books, amount=100), by=None, at=NOW)
    long = post_many([_pair(books, amount=100), _pair(books, amount=7)], by=None, at=NOW)[0]
    assert _written(short.entry_id) == _written(long.entry_id)
    assert (short.business_date, short.replayed) == (long.business_date, long.replayed)


def test_a_key_is_known_whichever_way_it_was_used(books: Books) -> None:
    first, second = _pair(books, amount=100), _pair(books, amount=5)
    short = post(first, by=None, at=NOW)
    again = post_many([first, second], by=None, at=NOW)
    assert [one.replayed for one in again] == [True, False]
    assert again[0].entry_id == short.entry_id
    assert post(second, by=None, at=NOW) == replace(again[1], replayed=True)


def test_a_key_with_other_contents_is_refused(books: Books) -> None:
    key = new_key()
    post(_pair(books, amount=100, key=key), by=None, at=NOW)
    with pytest.raises(KeyReused):
        post(_pair(books, amount=101, key=key), by=None, at=NOW)
    assert Entry.objects.filter(key=key).count() == 1


def test_the_credit_may_come_first(books: Books) -> None:
    amount = Money(100, CURRENCY)
    lines = (credit(books.second, amount), debit(books.first, amount))
    posted = post(NewEntry(kind=EntryKind.TRANSFER, branch=books.north, lines=lines, key=new_key()), by=None, at=NOW)
    sides = Posting.objects.filter(entry_id=posted.entry_id).order_by("line").values_list("side", flat=True)
    assert list(sides) == ["C", "D"]


@pytest.mark.parametrize("turned", [False, True])
def test_too_little_is_refused_whichever_account_is_older(books: Books, *, turned: bool) -> None:
    poor, rich = (books.second, books.first)
    source, target = (poor, rich) if not turned else (rich, poor)
    had = dict(Balance.objects.values_list("account_id", "balance_minor"))
    with pytest.raises(InsufficientFunds) as refused:
        post(books.entry(source=source, target=target, amount=10_001), by=None, at=NOW)
    assert refused.value.account_id == source.pk
    assert refused.value.available_minor == had[source.pk]
    assert dict(Balance.objects.values_list("account_id", "balance_minor")) == had


def test_a_closed_account_is_refused(books: Books) -> None:
    Account.objects.filter(pk=books.second.pk).update(is_active=False)
    with pytest.raises(AccountClosed):
        post(_pair(books, amount=100), by=None, at=NOW)


def test_one_account_on_both_sides_is_no_pair(books: Books) -> None:
    had = Balance.objects.get(account=books.first).balance_minor
    post(books.entry(source=books.first, target=books.first, amount=100), by=None, at=NOW)
    after = Balance.objects.get(account=books.first)
    assert (after.balance_minor, after.last_seq) == (had, 3)


def test_two_unlike_amounts_do_not_balance(books: Books) -> None:
    lines = (debit(books.first, Money(100, CURRENCY)), credit(books.second, Money(99, CURRENCY)))
    with pytest.raises(Unbalanced):
        post(NewEntry(kind=EntryKind.TRANSFER, branch=books.north, lines=lines, key=new_key()), by=None, at=NOW)


def test_hot_accounts_on_both_sides_keep_no_balance(books: Books) -> None:
    fees, interest = books.of(books.north, chart.FEE_INCOME), books.of(books.north, chart.INTEREST_EXPENSE)
    posted = post(books.entry(source=interest, target=fees, amount=5), by=None, at=NOW)
    lines = Posting.objects.filter(entry_id=posted.entry_id)
    assert set(lines.values_list("seq", "balance_after_minor")) == {(None, None)}


@pytest.mark.django_db
def test_the_database_knows_every_kind_of_entry() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ledger_entry_kind'")
        told = cursor.fetchone()[0]
    assert set(re.findall(r"[a-z_]+(?=[,}'])", told.partition("'{")[2])) == set(EntryKind.values)
