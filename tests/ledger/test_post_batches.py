"""Batches: what is alike is said once, new keys are taken for new, and neither changes what is written or answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

import pytest

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.ledger.errors import KeyReused, Unbalanced
from portal.ledger.models import Balance, Entry, EntryKind
from portal.ledger.proof import prove
from portal.ledger.services import NewEntry, post, post_many
from portal.ledger.services.posting import _POST, _Batch, call
from tests.cast import NOW, TODAY, make_user
from tests.ledger.conftest import Books

_MANY = 25
"""More than the door treats as a few entries."""


def _many(books: Books, amount: int = 3) -> list[NewEntry]:
    return [books.entry(source=books.first, target=books.second, amount=amount) for _ in range(_MANY)]


def _in_second(books: Books) -> int:
    return Balance.objects.get(account=books.second).balance_minor


def test_what_all_have_alike_each_has(books: Books) -> None:
    cashier = make_user(Role.CASHIER, "Abena Owusu", branch=books.north)
    memo, day = 'Say "fee" \\ once', TODAY - timedelta(3)
    entries = [
        replace(entry, kind=EntryKind.FEE, memo=memo, channel="system", value_date=day) for entry in _many(books)
    ]
    post_many(entries, by=cashier, at=NOW)
    said = ("memo", "channel", "value_date", "occurred_at", "actor", "key_scope")
    assert list(Entry.objects.filter(kind=EntryKind.FEE).values_list(*said)) == [
        (memo, "system", day, NOW, cashier.pk, f"user:{cashier.pk}")
    ] * len(entries)
    assert all(proof.holds for proof in prove())


def test_what_differs_is_each_ones_own(books: Books) -> None:
    near = books.entry(source=books.first, target=books.second, amount=2)
    far = books.entry(source=books.first, target=books.far, amount=3, kind=EntryKind.FEE, branch=books.south)
    entries = [
        replace(
            (near, far)[n % 2],
            key=new_key(),
            memo=f"The {n}th",
            channel=("branch", "field", "web")[n % 3],
            occurred_at=NOW - timedelta(hours=n),
            value_date=TODAY - timedelta(days=n % 4) if n % 4 else None,
        )
        for n in range(_MANY)
    ]
    posted = post_many(entries, by=None, at=NOW)
    kept = Entry.objects.in_bulk([one.entry_id for one in posted])
    said = attrgetter("key", "kind", "branch", "memo", "channel", "occurred_at")
    assert [said(kept[one.entry_id]) for one in posted] == [said(entry) for entry in entries]
    assert [kept[one.entry_id].value_date for one in posted] == [entry.value_date or TODAY for entry in entries]
    assert all(proof.holds for proof in prove())


def test_some_keys_are_known(books: Books) -> None:
    entries = _many(books)
    known = [post(entry, by=None, at=NOW) for entry in entries[10:15]]
    posted = post_many(entries, by=None, at=NOW)
    assert [one.replayed for one in posted] == [False] * 10 + [True] * 5 + [False] * 10
    assert posted[10:15] == [replace(one, replayed=True) for one in known]
    assert _in_second(books) == 3 * _MANY


def test_all_keys_are_known(books: Books) -> None:
    entries = _many(books)
    first, again = post_many(entries, by=None, at=NOW), post_many(entries, by=None, at=NOW)
    assert again == [replace(one, replayed=True) for one in first]
    assert _in_second(books) == 3 * _MANY


def test_a_key_stands_twice_in_a_batch(books: Books) -> None:
    entries = _many(books)
    posted = post_many([*entries, entries[4]], by=None, at=NOW)
    assert posted[-1].entry_id == posted[4].entry_id
    assert _in_second(books) == 3 * _MANY


def test_a_key_with_other_contents_refuses_the_batch(books: Books) -> None:
    key = new_key()
    books.move(1, key=key)
    entries = _many(books)
    entries[7] = replace(entries[7], key=key)
    with pytest.raises(KeyReused):
        post_many(entries, by=None, at=NOW)
    assert _in_second(books) == 1


@pytest.mark.parametrize("named", ["{0,0,1,1}", "{1,1,3,3}", "{1,1,NULL,NULL}", "{1,1,1,1}"])
def test_lines_of_no_entry_are_refused(books: Books, named: str) -> None:
    batch = _Batch(None, NOW)
    for entry in _many(books)[:2]:
        batch.add(entry)
    columns = batch.columns()
    assert columns[12] == "{1,1,2,2}"
    columns[12] = named
    with pytest.raises(Unbalanced):
        call(_POST, columns)
