"""The movements that the gate watches, read from the journal: for learning from a past that the gate did not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from portal.deposits.models import DepositAccount
from portal.deposits.queries import sql

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Watched:
    """One movement of a member's money, as the gate would have seen it. Amounts in minor units; `balance` before it.

    A movement between two accounts is there twice: `is_payee` marks the line of whoever is paid.
    """

    entry_id: UUID
    account_id: int
    customer_id: int
    opened_on: date
    currency: str
    is_incoming: bool
    kind: str
    amount_minor: int
    balance_minor: int
    at: datetime
    peer_id: int | None
    is_own: bool
    is_payee: bool


def accounts_watched(*, after: int = 0, most: int = 500) -> list[int]:
    """Some accounts' ledger ids in order, behind one that was read before."""
    found = DepositAccount.objects.filter(ledger_account__gt=after).order_by("ledger_account")
    return list(found.values_list("ledger_account", flat=True)[:most])


def how_many_watched() -> int:
    """How many accounts there are to read."""
    return DepositAccount.objects.count()


def movements_watched(accounts: Sequence[int]) -> Iterator[Watched]:
    """Every movement of these accounts, account by account, each in the order of time. Memory follows a part of them."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql("watched"), {"accounts": list(accounts)})
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield Watched(*row)
