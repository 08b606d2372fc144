"""The one door to the books, and what stands around it: holds, reversal, seals, snapshots."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from portal.base.db import one_statement, transactional
from portal.base.errors import Refused
from portal.base.money import CurrencyMismatch, Money
from portal.base.prepared import prepared_cursor
from portal.institution.models import Branch
from portal.ledger.chart import clearing_account
from portal.ledger.errors import refusal_for
from portal.ledger.models import Account, Entry, EntryKind, Hold, Posting, Side

_POST = (
    "SELECT ord, entry_id, reference, business_date, replayed FROM ledger.post_entries("
    "%s::text[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::date[], %s::timestamptz[], %s::text[], %s::text[], "
    "%s::bigint[], %s::uuid[], %s::uuid[], %s::int[], %s::bigint[], %s::text[], %s::bigint[])"
)
_POST_ONE = (
    "SELECT entry_id, reference, business_date, replayed FROM ledger.post_one("
    "%s::text, %s::text, %s::text, %s::bigint, %s::timestamptz, %s::text, %s::text, %s::bigint, "
    "%s::bigint[], %s::text[], %s::bigint[])"
)
_MEMO_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Line:
    """So much on one side of one account. Made by `debit` and `credit`."""

    account: Account
    side: str
    amount: Money


def debit(account: Account, amount: Money) -> Line:
    return Line(account, Side.DEBIT.value, amount)


def credit(account: Account, amount: Money) -> Line:
    return Line(account, Side.CREDIT.value, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be posted: what it is, where it happens, its lines, and the key it counts once under.

    `branch` is where it happens; its open day dates the entry unless `business_date` is given (old books only).
    `key` is unique for ever among the keys of one actor. `capture` names a hold that this entry uses up.
    """

    kind: EntryKind
    branch: Branch
    lines: Sequence[Line]
    key: str
    memo: str = ""
    channel: str = "branch"
    business_date: date | None = None
    value_date: date | None = None
    occurred_at: datetime | None = None
    reverses: UUID | None = None
    capture: UUID | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What the door answers: the entry, its reference, and whether the key had been used for it before."""

    entry_id: UUID
    reference: str
    business_date: date
    replayed: bool


@dataclass(slots=True)
class _Batch:
    """Parallel columns, as the SQL function takes them."""

    actor_id: int | None
    at: datetime
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[int, int, str, int]] = field(default_factory=list)

    def add(self, entry: NewEntry) -> None:
        self.entries.append(
            (
                entry.key,
                entry.kind.value,
                entry.branch.pk,
                entry.business_date,
                entry.value_date,
                entry.occurred_at or self.at,
                entry.channel,
                entry.memo[:_MEMO_LENGTH],
                entry.reverses,
                entry.capture,
            )
        )
        number = len(self.entries)
        self.lines += [(number, line.account.pk, line.side, line.amount.minor) for line in _checked(entry)]

    def columns(self) -> list[str]:
        """The function's parameters in their order, as texts of arrays."""
        keys, *heads = zip(*self.entries, strict=True)
        kinds, branches, booked, valued, occurred, channels, memos, reverses, captures = (
            column[:1] if _all_alike(column) else column for column in heads
        )
        scopes, actors = (_scope(self.actor_id),), (self.actor_id,)
        entries = (keys, scopes, kinds, branches, booked, valued, occurred, channels, memos, actors, reverses, captures)
        lines = zip(*self.lines, strict=True)
        return [*map(_array, entries), *map(_plain_array, lines)]


def _all_alike(column: Sequence[object]) -> bool:
    return column.count(column[0]) == len(column)


def _array(values: Iterable[object]) -> str:
    """The values as the text of a PostgreSQL array."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def _plain_array(values: Iterable[int | str]) -> str:
    """The same of numbers and letters that need no quotes."""
    return "{" + ",".join(map(str, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


@one_statement
def post(entry: NewEntry, *, by: Any, at: datetime) -> Posted:
    """Post one entry and return it; the same key with the same contents answers with the first result.

    Refused: `InsufficientFunds`, `AccountClosed`, `DayClosed`, `KeyReused`, `HoldShort`, `NotReversible`. Nothing is
    posted then. `by` is the user or None for the institution's own jobs; keys are counted per actor.
    """
    if entry.business_date or entry.value_date or entry.reverses or entry.capture:
        return _post([entry], by=by, at=at)[0]
    return _post_one(entry, by.pk if by is not None else None, at)


@one_statement
def post_many(entries: Iterable[NewEntry], *, by: Any, at: datetime) -> list[Posted]:
    """Post all of these entries or none, in one round trip; answers in their order. Refuses what `post` refuses."""
    with _collector_at_rest():
        return _post(entries, by=by, at=at)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Ten thousand entries and answers are no garbage; looked through for it again and again they take an eighth longer."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def _post(entries: Iterable[NewEntry], *, by: Any, at: datetime) -> list[Posted]:
    batch = _Batch(by.pk if by is not None else None, at)
    for entry in entries:
        batch.add(entry)
    if not batch.entries:
        return []
    rows = call(_POST, batch.columns())
    return [Posted(entry_id, reference, day, replayed) for _, entry_id, reference, day, replayed in rows]


def _post_one(entry: NewEntry, actor_id: int | None, at: datetime) -> Posted:
    """An entry of the open day that neither reverses nor captures: nearly every one. Half the work of a batch of one."""
    lines = _checked(entry)
    heads = (entry.key, _scope(actor_id), str(entry.kind), str(entry.branch.pk), entry.occurred_at or at, entry.channel)
    arrays = (
        _plain_array([line.account.pk for line in lines]),
        _plain_array([line.side for line in lines]),
        _plain_array([line.amount.minor for line in lines]),
    )
    actor = str(actor_id) if actor_id is not None else None
    row = call(_POST_ONE, (*heads, entry.memo[:_MEMO_LENGTH], actor, *arrays), prepared=True)[0]
    return Posted(*row)


def _scope(actor_id: int | None) -> str:
    """Under which name an actor's keys are counted."""
    return f"user:{actor_id}" if actor_id else "system"


def _checked(entry: NewEntry) -> Sequence[Line]:
    """The entry's lines with those that bridge its branches; an entry without lines or of mixed money is a bug."""
    if not entry.lines:
        raise ValueError("an entry needs lines")
    home, spread = entry.lines[0].account.branch_id, False
    for line in entry.lines:
        account = line.account
        if line.amount.currency != account.currency:
            raise CurrencyMismatch(f"{line.amount.currency} on {account.currency} account {account.code}")
        spread = spread or account.branch_id != home
    return _bridged(entry.lines) if spread else entry.lines


def _bridged(lines: Sequence[Line]) -> Sequence[Line]:
    """Add the branches' clearing lines, so that each branch's own books balance.

    What branch A receives for branch B stands in A's clearing account as owed, and in B's as due; over all branches
    the clearing accounts sum to nothing.
    """
    nets: dict[tuple[int, str], int] = {}
    for line in lines:
        place = (line.account.branch_id, line.amount.currency)
        signed = line.amount.minor if line.side == Side.DEBIT else -line.amount.minor
        nets[place] = nets.get(place, 0) + signed
    bridge = []
    for (branch_id, currency), net in nets.items():
        if net:
            account = clearing_account(branch_id, currency)
            amount = Money(abs(net), currency)
            bridge.append(credit(account, amount) if net > 0 else debit(account, amount))
    return [*lines, *bridge]


@transactional
def reverse_entry(*, entry: Entry, reason: str, key: str, channel: str, by: Any, at: datetime) -> Posted:
    """Post the exact opposite of an entry on the branch's open day.

    Refused: `NotReversible` for a reversal, and for an entry reversed before; `InsufficientFunds` when the money has
    left the account since; `DayClosed` when the entry's own day is closed.
    """
    lines = Posting.objects.filter(entry_id=entry.pk).select_related("account").order_by("line")
    opposite = [
        Line(
            line.account,
            (Side.CREDIT if line.side == Side.DEBIT else Side.DEBIT).value,
            Money(line.amount_minor, line.account.currency),
        )
        for line in lines
    ]
    reversal = NewEntry(
        kind=EntryKind.REVERSAL,
        branch=entry.branch,
        lines=opposite,
        key=key,
        memo=f"Reversal of {entry.reference}: {reason}",
        channel=channel,
        reverses=entry.pk,
    )
    return post(reversal, by=by, at=at)


@transactional
def place_hold(
    *, account: Account, amount: Money, reason: str, expires_at: datetime | None, by: Any, at: datetime
) -> Hold:
    """Set an amount aside: it stays in the account and is no longer available. Refused: `InsufficientFunds`."""
    if amount.currency != account.currency or amount.minor <= 0:
        raise Refused("A hold needs an amount above 0 in the account's currency.", field="amount")
    actor = by.pk if by is not None else None
    rows = call(
        "SELECT ledger.place_hold(%s, %s, %s, %s, %s, %s)", [account.pk, amount.minor, reason, expires_at, actor, at]
    )
    return Hold.objects.get(pk=rows[0][0])


@transactional
def release_hold(*, hold: Hold, by: Any, at: datetime) -> Money:
    """Give back what is left of a hold and return that amount; nothing when nothing was left."""
    actor = by.pk if by is not None else None
    rows = call("SELECT ledger.release_hold(%s, 'released', %s, %s)", [hold.pk, actor, at])
    return Money(int(rows[0][0]), hold.account.currency)


@transactional
def expire_holds(*, at: datetime, most: int = 500) -> int:
    """Release the holds that have expired, a bounded number at a time; returns how many."""
    return int(call("SELECT ledger.expire_holds(%s, %s)", [at, most])[0][0])


@transactional
def seal(*, at: datetime, most: int = 5000) -> int:
    """Take unsealed entries into each branch's hash chain; returns how many. Safe to run twice at once."""
    return int(call("SELECT ledger.seal_entries(%s, %s)", [at, most])[0][0])


@transactional
def take_snapshots(*, branch: Branch, day: date) -> int:
    """Keep every account's balance at the end of a day that takes no more entries. Refused: `DayClosed`."""
    return int(call("SELECT ledger.take_snapshots(%s, %s)", [branch.pk, day])[0][0])


@transactional
def set_floor(*, account: Account, floor: Money, why: str, by: Any, at: datetime) -> None:
    """Set how low a member's account may go, as a row that says who and why. The most that is held stays held.

    Refused: no reason, another currency, and `AccountClosed` for an account that is closed, hot or not a member's.
    """
    if not why.strip():
        raise Refused("Say why the limit changes.", code="why", field="why")
    if floor.currency != account.currency:
        raise Refused(f"This account is kept in {account.currency}.", code="currency", field="amount")
    call("SELECT ledger.change_floor(%s, %s, %s, %s, %s)", [account.pk, floor.minor, why.strip()[:140], by.pk, at])
    account.floor_minor = floor.minor


@transactional
def rest_floor(*, account: Account, floor: Money | None, by: None, at: datetime) -> None:
    """Let an account go below what it may while old books are loaded, or set its floor again. For the owner's role alone."""
    call("SELECT ledger.set_floor(%s, %s)", [account.pk, floor.minor if floor is not None else None])
    account.floor_minor = floor.minor if floor is not None else None


def call(sql: str, parameters: Sequence[Any], *, prepared: bool = False) -> list[tuple[Any, ...]]:
    """Run one of the ledger's functions; its own errors become refusals."""
    try:
        with prepared_cursor() if prepared else connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
    except DatabaseError as error:
        refusal = refusal_for(error)
        if refusal is None:
            raise
        raise refusal from error
