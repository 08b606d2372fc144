"""The journal for another program: hledger, beancount or CSV, written as it is read.

Memory follows the number of accounts, never of entries: entries come through a cursor of the server's. Everything is
read in one transaction that sees one moment of the books, so the balances asserted at the end belong to the entries
before them. Account names are the same in every export and valid in both programs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection, transaction

from portal.institution.models import Branch
from portal.ledger.chart import MEMBERS
from portal.ledger.models import Account, Kind
from portal.ledger.queries import balances_at

FETCH_ROWS = 2000
STALLED = "60s"
"""How long a reader may stall before the database lets its moment go: an old snapshot keeps dead rows alive."""

_ROOTS = {
    Kind.ASSET: "Assets",
    Kind.LIABILITY: "Liabilities",
    Kind.EQUITY: "Equity",
    Kind.INCOME: "Income",
    Kind.EXPENSE: "Expenses",
}
_LONGEST_NAME = 40

_OPENED = """
SELECT a.id, least(coalesce(greatest(first.business_date, %(since)s::date), %(until)s::date), %(until)s::date)
  FROM ledger_account AS a
  LEFT JOIN LATERAL (
       SELECT business_date FROM ledger_posting WHERE account_id = a.id ORDER BY business_date LIMIT 1
  ) AS first ON true
 WHERE NOT a.is_header AND (%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)
"""
_LINES = """
SELECT e.reference, e.kind, e.business_date, e.value_date, e.posted_at, e.channel, e.memo, coalesce(origin.reference, ''),
       p.line, p.account_id, CASE p.side WHEN 'D' THEN p.amount_minor ELSE -p.amount_minor END,
       CASE a.normal_side WHEN 'D' THEN p.balance_after_minor ELSE -p.balance_after_minor END
  FROM ledger_entry AS e
  JOIN ledger_posting AS p ON p.entry_id = e.id
  JOIN unnest(%(accounts)s::bigint[]) WITH ORDINALITY AS place (id, number) ON place.id = p.account_id
  JOIN ledger_account AS a ON a.id = p.account_id
  LEFT JOIN ledger_entry AS origin ON origin.id = e.reverses_id
 WHERE e.business_date <= %(until)s AND (%(since)s::date IS NULL OR e.business_date >= %(since)s)
"""
_BY_DAY = " ORDER BY e.business_date, e.id, p.line"
_BY_ACCOUNT = " ORDER BY place.number, e.business_date, p.seq, e.id, p.line"


class Line(NamedTuple):
    """One posting with its entry. Amounts are minor units, signed, debit above zero."""

    reference: str
    kind: str
    business_date: date
    value_date: date
    posted_at: datetime
    channel: str
    memo: str
    reverses: str
    line: int
    account_id: int
    amount_minor: int
    balance_minor: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """What another program calls an account, and since when it exists there."""

    account: Account
    name: str
    opened_on: date


@dataclass(frozen=True, slots=True)
class Export:
    """The books as one moment shows them. `opening` and `closing` are signed minor units by account id, debit above zero.

    `opening` is what stood before `since`, empty when everything is exported.
    """

    since: date | None
    until: date
    accounts: Mapping[int, Named]
    opening: Mapping[int, int]
    closing: Mapping[int, int]
    counted: dict[str, int] = field(default_factory=lambda: {"entries": 0, "lines": 0})

    def entries(self) -> Iterator[list[Line]]:
        """Lines by entry, in the order of business date and posting; counts them as they pass."""
        for _, lines in groupby(self._lines(_BY_DAY), key=attrgetter("reference")):
            entry = list(lines)
            self.counted["entries"] += 1
            self.counted["lines"] += len(entry)
            yield entry

    def ledgers(self) -> Iterator[tuple[int, Iterator[Line]]]:
        """Every account with its lines, oldest first, in the order of `accounts`; one that did not move has none."""
        found = groupby(self._lines(_BY_ACCOUNT), key=attrgetter("account_id"))
        moved = next(found, None)
        for account_id in self.accounts:
            if moved is not None and moved[0] == account_id:
                yield moved
                moved = next(found, None)
            else:
                yield account_id, iter(())

    def _lines(self, order: str) -> Iterator[Line]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(_LINES + order, {"since": self.since, "until": self.until, "accounts": list(self.accounts)})
            while rows := cursor.fetchmany(FETCH_ROWS):
                yield from map(Line._make, rows)


@contextmanager
def export(*, since: date | None, until: date, branch: Branch | None) -> Iterator[Export]:
    """Open the books from `since` to `until`, of one branch or all. Holds a transaction open for as long as it lasts.

    A branch's lines of an entry balance by themselves: `ledger.post_entries` sees to it.
    """
    with _one_moment():
        branch_id = branch.pk if branch is not None else None
        of = {"since": since, "until": until, "branch": branch_id}
        accounts = _accounts(of, branch)
        opening = balances_at(since - timedelta(days=1), branch_id=branch_id) if since is not None else {}
        closing = balances_at(until, branch_id=branch_id)
        yield Export(since, until, accounts, _signed(opening, accounts), _signed(closing, accounts))


@contextmanager
def _one_moment() -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{STALLED}'")
        yield


def _accounts(of: Mapping[str, Any], branch: Branch | None) -> dict[int, Named]:
    chosen = Account.objects.all() if branch is None else Account.objects.filter(branch=branch)
    accounts = {account.pk: account for account in chosen.select_related("branch").order_by("branch__code", "code")}
    names = _names(accounts)
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, of)
        opened = dict(cursor.fetchall())
    roots = list(_ROOTS)
    details = [account for account in accounts.values() if not account.is_header]
    details.sort(key=lambda account: (roots.index(Kind(account.kind)), names[account.pk]))
    return {account.pk: Named(account, names[account.pk], opened[account.pk]) for account in details}


def _names(accounts: Mapping[int, Account]) -> dict[int, str]:
    """`Assets:01-North:1010-Cash:1011-Vault`: kind, branch, headings, account. Members go by their number alone."""
    taken: set[str] = set()
    names = {}
    for pk, account in accounts.items():
        parts = [_ROOTS[Kind(account.kind)], _part(account.branch.code, account.branch.name)]
        name = ":".join(parts + [_own_part(each, accounts) for each in _chain(account, accounts)])
        names[pk] = name if name not in taken else f"{name}-{pk}"
        taken.add(names[pk])
    return names


def _chain(account: Account, accounts: Mapping[int, Account]) -> Iterable[Account]:
    """The account and its headings, topmost first, without the heading of its whole kind."""
    chain = [account]
    while chain[-1].parent_id is not None:
        chain.append(accounts[chain[-1].parent_id])
    return reversed(chain[:-1] or chain)


def _own_part(account: Account, accounts: Mapping[int, Account]) -> str:
    parent = accounts[account.parent_id] if account.parent_id is not None else None
    is_member = parent is not None and parent.code in MEMBERS
    return _part(account.code, "" if is_member else account.name)


def _part(code: str, name: str) -> str:
    """One part of a name that both programs take: letters, digits and dashes, a capital or a digit first."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    text = re.sub(r"[^A-Za-z0-9]+", "-", f"{code} {plain[:_LONGEST_NAME]}").strip("-")
    return text if text[:1].isdigit() or text[:1].isupper() else f"X-{text}"


def _signed(balances: Mapping[int, int], accounts: Mapping[int, Named]) -> dict[int, int]:
    """Debit above zero, in the order of the accounts."""
    return {
        pk: int(balances.get(pk, 0)) * (1 if named.account.normal_side == "D" else -1) for pk, named in accounts.items()
    }
