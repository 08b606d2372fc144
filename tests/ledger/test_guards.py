"""What may not happen to the journal, whoever tries: as the application's role, and under many hands at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from portal.base.keys import new_key
from portal.base.money import CurrencyMismatch, Money
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Balance, Entry, EntryKind, Posting
from portal.ledger.proof import prove
from portal.ledger.services import NewEntry, credit, debit, post
from portal.ledger.startup import UnsafeDatabase, refuse_to_serve_if_unsafe, unsafe_reasons
from tests.cast import NOW
from tests.conftest import CLUSTER
from tests.ledger.conftest import Books

JOURNAL = (
    "ledger_entry",
    "ledger_posting",
    "ledger_balance",
    "ledger_idempotencykey",
    "ledger_floorchange",
    "ledger_hold",
    "ledger_holdchange",
    "ledger_seal",
    "ledger_snapshot",
    "ledger_unsealed",
    "audit_change",
)
DOORS = {
    "audit.acting",
    "ledger.canonical",
    "ledger.change_floor",
    "ledger.expire_holds",
    "ledger.place_hold",
    "ledger.post_entries",
    "ledger.post_one",
    "ledger.release_hold",
    "ledger.seal_entries",
    "ledger.take_snapshots",
}
HANDS = 16


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", JOURNAL)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "INSERT INTO {} DEFAULT VALUES"])
def test_the_application_cannot_write_the_journal(books: Books, table: str, change: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        run(change.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_posting SET amount_minor = 1",
        "UPDATE ledger_entry SET memo = ''",
        "UPDATE ledger_balance SET balance_minor = 10 ^ 9",
        "UPDATE ledger_account SET floor_minor = NULL",
        "UPDATE ledger_account SET normal_side = 'D'",
        "UPDATE audit_event SET verb = ''",
        "DELETE FROM ledger_account",
        "SELECT setval('ledger_reference_seq', 1)",
        "SELECT nextval('ledger_reference_seq')",
        "SET session_replication_role = replica",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "CREATE TABLE mine (id int)",
        "SELECT ledger.set_floor(1, -1000000)",
        "SELECT ledger.forget_snapshots(1, '2020-01-01')",
    ],
)
def test_the_application_cannot_walk_round_the_door(books: Books, change: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        run(change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE institution_branch SET history_from = business_date - 9",
        "INSERT INTO institution_branch (code, name, business_date, history_from) VALUES ('77', 'x', now(), now())",
    ],
)
def test_the_application_cannot_open_old_days(books: Books, change: str) -> None:
    with pytest.raises(DatabaseError, match="only while the owner loads"):
        run(change)


@pytest.mark.parametrize("change", ["UPDATE {} SET line = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_only_adds(committed_books: Books, change: str) -> None:
    with CLUSTER.connect(connection.settings_dict["NAME"]) as owner:
        owner.execute("SET ROLE quayside_owner")
        with pytest.raises(Exception, match="append-only"):
            owner.execute(change.format("ledger_posting"))


def test_the_net_under_the_door(committed_books: Books) -> None:
    entry = Entry.objects.first()
    assert entry is not None
    with CLUSTER.connect(connection.settings_dict["NAME"]) as owner, pytest.raises(Exception, match="does not balance"):
        owner.execute(
            "INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, business_date, value_date) "
            "VALUES (%s, 99, %s, 'D', 1, now(), now())",
            [entry.pk, committed_books.of(committed_books.north, "4020").pk],
        )


def together(hands: int, work: object) -> list[object]:
    """Run `work(number)` in so many threads that start at the same moment; refusals come back as results."""
    start = Barrier(hands)

    def hand(number: int) -> object:
        try:
            start.wait()
            return work(number)  # type: ignore[operator]  # a function of one number
        except InsufficientFunds as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(hand, range(hands)))


@pytest.mark.django_db(transaction=True)
def test_sixty_withdrawals_of_seven_from_a_hundred(committed_books: Books) -> None:
    def withdraw(number: int) -> int:
        done = 0
        for _ in range(4 if number < 12 else 3):
            try:
                committed_books.move(700)
                done += 1
            except InsufficientFunds:
                continue
        return done

    assert sum(together(HANDS, withdraw)) == 14  # type: ignore[arg-type]  # no refusal leaves the loop
    assert Balance.objects.get(account=committed_books.first).balance_minor == 200
    assert Posting.objects.filter(account=committed_books.first, balance_after_minor__lt=0).count() == 0
    assert all(proof.holds for proof in prove())


@pytest.mark.django_db(transaction=True)
def test_one_key_from_sixteen_hands_posts_once(committed_books: Books) -> None:
    key = new_key()
    answers = together(HANDS, lambda number: committed_books.move(100, key=key).entry_id)
    assert len(set(answers)) == 1
    assert Balance.objects.get(account=committed_books.second).balance_minor == 100


@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_do_not_lock_each_other_out(committed_books: Books) -> None:
    post(
        committed_books.entry(source=committed_books.first, target=committed_books.second, amount=5000), by=None, at=NOW
    )

    def swap(number: int) -> None:
        pair = (committed_books.first, committed_books.second)
        source, target = pair if number % 2 else pair[::-1]
        for _ in range(5):
            post(committed_books.entry(source=source, target=target, amount=1), by=None, at=NOW)

    assert together(HANDS, swap) == [None] * HANDS
    assert all(proof.holds for proof in prove())


def test_currencies_do_not_mix(books: Books) -> None:
    koruna = Money(100, "CZK")
    lines = (debit(books.first, koruna), credit(books.second, koruna))
    with pytest.raises(CurrencyMismatch):
        post(NewEntry(kind=EntryKind.TRANSFER, branch=books.north, lines=lines, key=new_key()), by=None, at=NOW)


def test_the_application_may_call_the_doors_and_nothing_else(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.pronamespace::regnamespace || '.' || p.proname FROM pg_proc AS p "
            "WHERE p.pronamespace IN ('ledger'::regnamespace, 'audit'::regnamespace) "
            "AND has_function_privilege(p.oid, 'EXECUTE')"
        )
        assert {name for (name,) in cursor.fetchall()} == DOORS


def test_start_is_refused_on_a_forgetful_database(db: None) -> None:
    with pytest.raises(UnsafeDatabase, match="fsync is off"):
        refuse_to_serve_if_unsafe()


def test_start_is_refused_for_a_role_that_may_write_the_journal(committed_books: Books) -> None:
    with CLUSTER.connect(connection.settings_dict["NAME"]) as owner:
        owner.execute("GRANT UPDATE ON ledger_posting TO quayside_app")
    assert any("may UPDATE ledger_posting" in reason for reason in unsafe_reasons())


def test_the_checkers_role_only_reads(committed_books: Books) -> None:
    with CLUSTER.connect(connection.settings_dict["NAME"]) as checker:
        checker.execute("SET ROLE quayside_checker")
        assert checker.execute("SELECT sum(balance) FROM chk_account").fetchone() == (0,)
        for change in ("DELETE FROM people_customer", "INSERT INTO audit_event DEFAULT VALUES"):
            with pytest.raises(Exception, match="permission denied"):
                checker.execute(change)
