"""The proof holds on good books and names the first bad row of broken ones."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.ledger.models import Posting, Seal, Snapshot
from portal.ledger.proof import canonical_text, heads, prove
from portal.ledger.queries import balances_at
from portal.ledger.services import open_day, seal, take_snapshots
from tests.cast import NOW, TODAY
from tests.conftest import CLUSTER
from tests.ledger.conftest import Books

MOVE_A_LINE_TO_SOUTH = (
    "UPDATE ledger_posting SET seq = NULL, balance_after_minor = NULL, account_id = "
    "(SELECT id FROM ledger_account WHERE code = '4020' ORDER BY branch_id DESC LIMIT 1) WHERE seq = 2"
)


def broken() -> list[str]:
    return [f"{proof.statement}: {proof.bad_row}" for proof in prove() if not proof.holds]


def tamper(sql: str) -> None:
    """Change the books as somebody with the whole machine could: past every trigger."""
    with CLUSTER.connect(connection.settings_dict["NAME"]) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(sql)


def test_good_books(books: Books) -> None:
    books.move(100)
    seal(at=NOW)
    assert broken() == []


def test_sealing_goes_on_where_it_stopped(books: Books) -> None:
    while seal(at=NOW, most=1):
        pass
    books.move(100)
    assert seal(at=NOW) == 1
    assert seal(at=NOW) == 0
    numbers = Seal.objects.filter(branch=books.north).order_by("chain_seq").values_list("chain_seq", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_both_programs_write_an_entry_the_same_way(books: Books) -> None:
    posted = books.move(100, memo='Kofi\'s "rent" é 1/2\n|')
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger.canonical(%s)", [posted.entry_id])
        (from_sql,) = cursor.fetchone()
        cursor.execute(
            "SELECT id::text, branch_id, kind, business_date::text, value_date::text, posted_at, reference, channel, memo, "
            "actor_id, key_scope, key, reverses_id::text FROM ledger_entry WHERE id = %s",
            [posted.entry_id],
        )
        fields = list(cursor.fetchone())
    lines = Posting.objects.filter(entry_id=posted.entry_id).order_by("line")
    values = lines.values_list("line", "account_id", "side", "amount_minor", "seq", "balance_after_minor")
    assert canonical_text([*fields, [list(line) for line in values]]) == from_sql


@pytest.mark.parametrize(
    ("change", "statement"),
    [
        ("UPDATE ledger_posting SET amount_minor = amount_minor + 1 WHERE line = 1", "Every entry balances"),
        ("UPDATE ledger_balance SET balance_minor = balance_minor + 1 WHERE last_seq > 1", "Every cached balance"),
        ("UPDATE ledger_posting SET balance_after_minor = 0 WHERE seq = 2", "Every running balance"),
        ("UPDATE ledger_posting SET seq = 9 WHERE seq = 2", "Every running balance"),
        ("DELETE FROM ledger_posting WHERE line = 2", "Every entry has two lines"),
        (MOVE_A_LINE_TO_SOUTH, "The trial balance"),
        ("DELETE FROM ledger_idempotencykey", "Every key"),
        ("UPDATE ledger_balance SET held_minor = 5", "What is held"),
        ("UPDATE ledger_entry SET business_date = business_date + 9", "No entry stands on a day"),
        ("UPDATE ledger_snapshot SET balance_minor = 1", "Every snapshot"),
        ("UPDATE ledger_entry SET memo = 'nothing to see'", "The hash chain"),
        ("DELETE FROM ledger_seal WHERE chain_seq = 2", "The hash chain"),
    ],
)
def test_what_was_changed_is_named(committed_books: Books, change: str, statement: str) -> None:
    committed_books.move(100)
    seal(at=NOW)
    open_day(branch=committed_books.north, day=TODAY + timedelta(days=1), by=None, at=NOW)
    take_snapshots(branch=committed_books.north, day=TODAY)
    assert broken() == []
    tamper(change)
    assert any(found.startswith(statement) for found in broken())
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=StringIO())


def test_a_changed_head_shows_against_one_kept_outside(committed_books: Books) -> None:
    committed_books.move(100)
    seal(at=NOW)
    before = heads()
    assert set(before) == {committed_books.north.pk, committed_books.south.pk}
    committed_books.move(100)
    seal(at=NOW)
    assert heads()[committed_books.north.pk] != before[committed_books.north.pk]


def test_snapshots_do_not_change_what_a_day_says(books: Books) -> None:
    books.move(100)
    before = balances_at(TODAY)
    open_day(branch=books.north, day=TODAY + timedelta(days=1), by=None, at=NOW)
    assert take_snapshots(branch=books.north, day=TODAY) > 0
    books.move(50)
    assert balances_at(TODAY) == before
    assert balances_at(TODAY + timedelta(days=1))[books.second.pk] == 150
    assert Snapshot.objects.filter(account=books.second).count() == 1
