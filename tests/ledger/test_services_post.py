"""The one door: what it takes, what it answers, what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.base.money import Money
from portal.ledger import chart
from portal.ledger.errors import AccountClosed, DayClosed, InsufficientFunds, KeyReused, Unbalanced
from portal.ledger.models import Account, Balance, Entry, EntryKind, Posting
from portal.ledger.proof import prove
from portal.ledger.queries import balances_at, entry_by_key, funds
from portal.ledger.services import (
    NewEntry,
    close_history,
    close_period,
    credit,
    debit,
    open_day,
    open_history,
    post,
    post_many,
)
from tests.cast import CURRENCY, NOW, TODAY, make_user
from tests.database import as_owner
from tests.ledger.conftest import Books, member


def balance(account: Account) -> int:
    return Balance.objects.get(account=account).balance_minor


def test_both_sides_move(books: Books) -> None:
    books.move(2500)
    assert (balance(books.first), balance(books.second)) == (7500, 2500)


def test_each_line_carries_its_running_balance_and_seq(books: Books) -> None:
    books.move(2500)
    books.move(1000)
    lines = Posting.objects.filter(account=books.first).order_by("seq")
    assert [(line.seq, line.balance_after_minor) for line in lines] == [(1, 10000), (2, 7500), (3, 6500)]


def test_hot_account_keeps_no_running_balance(books: Books) -> None:
    fees = books.of(books.north, chart.FEE_INCOME)
    post(books.entry(source=books.first, target=fees, amount=5, kind=EntryKind.FEE), by=None, at=NOW)
    line = Posting.objects.get(account=fees)
    assert (line.seq, line.balance_after_minor) == (None, None)
    assert not Balance.objects.filter(account=fees).exists()


def test_entry_is_dated_by_its_branch(books: Books) -> None:
    posted = books.move(1)
    entry = Entry.objects.get(pk=posted.entry_id)
    assert (entry.business_date, entry.value_date, entry.occurred_at) == (TODAY, TODAY, NOW)


def test_reference_ends_in_its_check_digits(books: Books) -> None:
    assert all(int(books.move(1).reference) % 97 == 1 for _ in range(120))


def test_not_below_the_floor_and_says_what_there_is(books: Books) -> None:
    with pytest.raises(InsufficientFunds) as refused:
        books.move(10_001)
    assert refused.value.available_minor == 10_000
    assert balance(books.first) == 10_000


def test_down_to_the_floor_is_allowed(books: Books) -> None:
    books.move(10_000)
    assert balance(books.first) == 0


def test_money_in_is_welcome_below_the_floor(books: Books) -> None:
    low = member(books.north, "N-3", floor=50_000)
    post(books.entry(source=books.first, target=low, amount=100), by=None, at=NOW)
    assert balance(low) == 100


def test_no_line_of_a_batch_dips_below_the_floor(books: Books) -> None:
    out = books.entry(source=books.second, target=books.first, amount=5)
    back = books.entry(source=books.first, target=books.second, amount=5)
    with pytest.raises(InsufficientFunds):
        post_many([out, back], by=None, at=NOW)
    assert len(post_many([back, out], by=None, at=NOW)) == 2


def test_same_key_answers_the_first_result(books: Books) -> None:
    key = new_key()
    first, again = books.move(100, key=key), books.move(100, key=key)
    assert (again.entry_id, again.reference) == (first.entry_id, first.reference)
    assert (first.replayed, again.replayed) == (False, True)
    assert balance(books.second) == 100


def test_same_key_after_the_day_has_changed(books: Books) -> None:
    key = new_key()
    first = books.move(100, key=key)
    open_day(branch=books.north, day=TODAY + timedelta(days=1), by=None, at=NOW)
    assert books.move(100, key=key).entry_id == first.entry_id


@pytest.mark.parametrize(
    "other", [{"amount": 101}, {"amount": 100, "memo": "other"}, {"amount": 100, "kind": EntryKind.FEE}]
)
def test_same_key_with_other_contents(books: Books, other: dict[str, object]) -> None:
    key = new_key()
    books.move(100, key=key)
    with pytest.raises(KeyReused):
        books.move(key=key, **other)  # type: ignore[arg-type]  # one field differs
    assert balance(books.second) == 100


def test_a_key_belongs_to_its_actor(books: Books) -> None:
    key = new_key()
    someone, other = make_user(Role.AUDITOR, "Some One"), make_user(Role.AUDITOR, "Other One")
    mine = post(books.entry(source=books.first, target=books.second, amount=1, key=key), by=someone, at=NOW)
    theirs = post(books.entry(source=books.first, target=books.second, amount=1, key=key), by=other, at=NOW)
    assert mine.entry_id != theirs.entry_id
    found = entry_by_key(scope=f"user:{other.pk}", key=key)
    assert found is not None
    assert found.pk == theirs.entry_id


def test_twice_in_one_batch_is_once(books: Books) -> None:
    entry = books.entry(source=books.first, target=books.second, amount=7)
    first, second = post_many([entry, entry], by=None, at=NOW)
    assert first.entry_id == second.entry_id
    assert balance(books.second) == 7


def test_a_refused_batch_leaves_nothing(books: Books) -> None:
    good = books.entry(source=books.first, target=books.second, amount=1)
    bad = books.entry(source=books.first, target=books.second, amount=10**6)
    with pytest.raises(InsufficientFunds):
        post_many([good, bad], by=None, at=NOW)
    assert balance(books.second) == 0
    assert post(good, by=None, at=NOW).replayed is False


def test_sides_must_agree(books: Books) -> None:
    lines = (debit(books.first, Money(100, CURRENCY)), credit(books.second, Money(99, CURRENCY)))
    with pytest.raises(Unbalanced):
        post(NewEntry(kind=EntryKind.MANUAL, branch=books.north, lines=lines, key=new_key()), by=None, at=NOW)


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_are_positive(books: Books, amount: int) -> None:
    with pytest.raises(Unbalanced):
        books.move(amount)


def test_one_line_is_no_entry(books: Books) -> None:
    lines = (debit(books.first, Money(1, CURRENCY)),)
    with pytest.raises(Unbalanced):
        post(NewEntry(kind=EntryKind.MANUAL, branch=books.north, lines=lines, key=new_key()), by=None, at=NOW)


@pytest.mark.parametrize("code", [chart.DEPOSITS, chart.CASH])
def test_a_header_takes_no_postings(books: Books, code: str) -> None:
    with pytest.raises(AccountClosed):
        post(books.entry(source=books.first, target=books.of(books.north, code), amount=1), by=None, at=NOW)


def test_an_inactive_account_does_not_move(books: Books) -> None:
    books.second.is_active = False
    books.second.save(update_fields=["is_active"])
    with pytest.raises(AccountClosed):
        books.move(1)


def test_other_days_take_nothing(books: Books) -> None:
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(DayClosed):
            books.move(1, business_date=day)


def test_old_days_take_entries_while_history_is_loaded(books: Books) -> None:
    since = TODAY - timedelta(days=10)
    with as_owner():
        open_history(branch=books.north, since=since, by=None, at=NOW)
    books.move(1, business_date=since)
    with pytest.raises(DayClosed):
        books.move(1, business_date=since - timedelta(days=1))
    with as_owner():
        close_history(branch=books.north, by=None, at=NOW)
    with pytest.raises(DayClosed):
        books.move(1, business_date=since)


def test_a_closed_period_takes_nothing_not_even_as_history(books: Books) -> None:
    yesterday = TODAY - timedelta(days=1)
    close_period(branch=books.north, through=yesterday, by=None, at=NOW)
    with as_owner():
        open_history(branch=books.north, since=yesterday, by=None, at=NOW)
    with pytest.raises(DayClosed):
        books.move(1, business_date=yesterday)


def test_the_open_day_cannot_be_closed_with_a_period(books: Books) -> None:
    with pytest.raises(DayClosed):
        close_period(branch=books.north, through=TODAY, by=None, at=NOW)


def test_between_branches_each_keeps_its_own_balance(books: Books) -> None:
    post(books.entry(source=books.first, target=books.far, amount=400), by=None, at=NOW)
    totals: dict[int, int] = {}
    for line in Posting.objects.select_related("account").filter(entry__kind=EntryKind.TRANSFER):
        sign = 1 if line.side == "D" else -1
        totals[line.account.branch_id] = totals.get(line.account.branch_id, 0) + sign * line.amount_minor
    assert totals == {books.north.pk: 0, books.south.pk: 0}
    assert all(proof.holds for proof in prove())


def test_available_is_balance_less_floor(books: Books) -> None:
    account = member(books.north, "N-4", floor=-5000)
    post(books.entry(source=books.first, target=account, amount=1000), by=None, at=NOW)
    assert funds(account).available == Money(6000, CURRENCY)
    assert balances_at(TODAY)[account.pk] == 1000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(1, 9000)), max_size=12))
def test_whatever_is_tried_the_books_prove(books: Books, moves: list[tuple[int, int, int]]) -> None:
    accounts = (books.first, books.second, books.far)
    for source, target, amount in moves:
        if source != target:
            try:
                post(books.entry(source=accounts[source], target=accounts[target], amount=amount), by=None, at=NOW)
            except InsufficientFunds:
                continue
    assert sum(balance(account) for account in accounts) == 10_000
    assert [proof for proof in prove() if not proof.holds] == []
