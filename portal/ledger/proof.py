"""Re-proving the books from nothing but the journal: sums, running balances, the trial balance, keys, the hash chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from portal.ledger.models import Account, Seal


@dataclass(frozen=True, slots=True)
class Proof:
    """One statement about the books, and the first row that contradicts it; None when it holds."""

    statement: str
    bad_row: str | None

    @property
    def holds(self) -> bool:
        return self.bad_row is None


_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "Every entry balances, per currency",
        (
            "SELECT 'entry ' || p.entry_id || ' is off by ' || sum(p.amount) || ' ' || p.currency FROM chk_posting AS p "
            "GROUP BY p.entry_id, p.currency HAVING sum(p.amount) <> 0"
        ),
    ),
    (
        "Every entry has two lines or more",
        (
            "SELECT 'entry ' || e.id || ' has ' || count(p.line) || ' lines' FROM ledger_entry AS e "
            "LEFT JOIN ledger_posting AS p ON p.entry_id = e.id GROUP BY e.id HAVING count(p.line) < 2"
        ),
    ),
    (
        "Every cached balance is the sum of its postings",
        (
            "SELECT 'account ' || a.code || ' says ' || b.balance_minor || ', its postings say ' || coalesce(s.net, 0) "
            "FROM ledger_balance AS b JOIN ledger_account AS a ON a.id = b.account_id LEFT JOIN ("
            "  SELECT p.account_id, sum(CASE WHEN p.side = c.normal_side THEN p.amount_minor ELSE -p.amount_minor END) AS net, "
            "         max(p.seq) AS seq FROM ledger_posting AS p JOIN ledger_account AS c ON c.id = p.account_id GROUP BY 1"
            ") AS s ON s.account_id = b.account_id "
            "WHERE b.balance_minor <> coalesce(s.net, 0) OR b.last_seq <> coalesce(s.seq, 0)"
        ),
    ),
    (
        "Every running balance follows from the one before, without a gap",
        (
            "SELECT 'account ' || w.account_id || ', seq ' || w.seq FROM ("
            "  SELECT p.account_id, p.seq, p.balance_after, p.amount, row_number() OVER steps AS step, "
            "         lag(p.balance_after, 1, 0::bigint) OVER steps AS before "
            "  FROM chk_posting AS p WHERE p.seq IS NOT NULL WINDOW steps AS (PARTITION BY p.account_id ORDER BY p.seq)"
            ") AS w WHERE w.seq <> w.step OR w.balance_after <> w.before + w.amount"
        ),
    ),
    (
        "The trial balance is zero, per branch and currency",
        (
            "SELECT 'branch ' || a.branch_id || ' is off by ' || sum(a.balance) || ' ' || a.currency FROM chk_account AS a "
            "GROUP BY a.branch_id, a.currency HAVING sum(a.balance) <> 0"
        ),
    ),
    (
        "Every key stands for one entry and every entry for one key",
        (
            "SELECT 'entry ' || coalesce(e.id, k.entry_id) FROM ledger_entry AS e "
            "FULL JOIN ledger_idempotencykey AS k ON k.entry_id = e.id AND k.scope = e.key_scope AND k.key = e.key "
            "WHERE e.id IS NULL OR k.entry_id IS NULL"
        ),
    ),
    (
        "What is held is the sum of the open holds",
        (
            "SELECT 'account ' || b.account_id FROM ledger_balance AS b LEFT JOIN ("
            "  SELECT account_id, sum(remaining_minor) AS held FROM ledger_hold GROUP BY 1) AS h ON h.account_id = b.account_id "
            "WHERE b.held_minor <> coalesce(h.held, 0)"
        ),
    ),
    (
        "No entry stands on a day its branch had not yet reached",
        (
            "SELECT 'entry ' || e.id FROM ledger_entry AS e JOIN institution_branch AS b ON b.id = e.branch_id "
            "WHERE e.business_date > b.business_date"
        ),
    ),
    (
        "Every snapshot is the sum up to its day",
        (
            "SELECT 'account ' || s.account_id || ' on ' || s.business_date FROM ledger_snapshot AS s "
            "JOIN ledger_account AS a ON a.id = s.account_id WHERE s.balance_minor <> coalesce(("
            "  SELECT sum(CASE WHEN p.side = a.normal_side THEN p.amount_minor ELSE -p.amount_minor END) "
            "  FROM ledger_posting AS p WHERE p.account_id = s.account_id AND p.business_date <= s.business_date), 0)"
        ),
    ),
)


def prove(*, say: Callable[[Proof], None] = lambda proof: None) -> list[Proof]:
    """Run every check in one snapshot of the database and tell each as it is done. Writes nothing."""
    proofs = []
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.in_atomic_block and not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for statement, sql in _CHECKS:
            cursor.execute(f"{sql} LIMIT 1")
            row = cursor.fetchone()
            proofs.append(Proof(statement, row[0] if row else None))
            say(proofs[-1])
        proofs.append(_prove_chain())
        say(proofs[-1])
    return proofs


def heads() -> dict[int, tuple[int, str]]:
    """The last link of each branch's chain: its number and hash in hexadecimal, to be kept outside the database."""
    found = Seal.objects.order_by("branch_id", "-chain_seq").distinct("branch_id")
    return {seal.branch_id: (seal.chain_seq, bytes(seal.hash).hex()) for seal in found}


def trial_balance_is_zero() -> bool:
    """The quickest proof, for a page that asks often."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS ({_CHECKS[4][1]})")
        return bool(cursor.fetchone()[0])


def _prove_chain() -> Proof:
    """Recompute each branch's chain outside the database, from the rows themselves."""
    statement = "The hash chain is whole"
    total = 0
    for branch_id in Account.objects.values_list("branch_id", flat=True).distinct().order_by("branch_id"):
        head, expected = b"", 1
        for number, entry_id, stored, canonical in _links(branch_id):
            head = hashlib.sha256(head + canonical.encode()).digest()
            if number != expected or head != stored:
                return Proof(statement, f"branch {branch_id}, link {expected}, entry {entry_id}")
            expected += 1
            total += 1
    return Proof(f"{statement}: {total:,} links", None)


_LINKS = """
SELECT s.chain_seq, s.entry_id, s.hash,
       e.id::text, e.branch_id, e.kind, e.business_date::text, e.value_date::text, e.posted_at, e.reference, e.channel,
       e.memo, e.actor_id, e.key_scope, e.key, e.reverses_id::text,
       (SELECT json_agg(json_build_array(p.line, p.account_id, p.side, p.amount_minor, p.seq, p.balance_after_minor)
                        ORDER BY p.line)
          FROM ledger_posting AS p WHERE p.entry_id = e.id)
  FROM ledger_seal AS s JOIN ledger_entry AS e ON e.id = s.entry_id
 WHERE s.branch_id = %s AND s.chain_seq > %s ORDER BY s.chain_seq LIMIT 5000
"""


def _links(branch_id: int) -> Iterator[tuple[int, str, bytes, str]]:
    """The links of a chain with each entry's canonical text, in pages, so that memory stays flat."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [branch_id, last])
            rows = cursor.fetchall()
        for number, entry_id, stored, *fields in rows:
            yield number, str(entry_id), bytes(stored), canonical_text(fields)
        if not rows:
            return
        last = rows[-1][0]


def canonical_text(fields: list[Any]) -> str:
    """An entry as the one line of JSON that is hashed: the same text as SQL's `ledger.canonical` gives.

    Fields: id, branch, kind, business date, value date, time of posting (UTC, microseconds), reference, channel, memo,
    actor, key scope, key, reversed entry, and the lines (line, account, side, amount, seq, balance after).
    """
    posted_at = fields[5]
    moment = posted_at.strftime("%Y-%m-%dT%H:%M:%S.%f") if isinstance(posted_at, datetime) else posted_at
    lines = json.loads(fields[13]) if isinstance(fields[13], str) else fields[13]
    return json.dumps([*fields[:5], moment, *fields[6:13], lines], ensure_ascii=False)
