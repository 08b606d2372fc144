"""An account's movements, as its owner reads them: newest first, each with what it was and what was left."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import Http404

from portal.base.errors import Refused
from portal.base.money import Money, parse_amount
from portal.base.prepared import prepared_cursor
from portal.base.templatetags.portal import grouped
from portal.deposits.models import DepositAccount
from portal.deposits.queries import Turnover, sql
from portal.ledger.models import Entry, EntryKind, Side

OTHER_BANKS = "Other banks"
"""What a member calls the ledger's payments: each goes through the account kept for other banks."""

KINDS = tuple(
    (kind.value, OTHER_BANKS if kind is EntryKind.PAYMENT else kind.label)
    for kind in (
        EntryKind.DEPOSIT,
        EntryKind.WITHDRAWAL,
        EntryKind.TRANSFER,
        EntryKind.INTEREST_CREDIT,
        EntryKind.FEE,
        EntryKind.PAYMENT,
        EntryKind.CHEQUE,
        EntryKind.REVERSAL,
        EntryKind.OPENING,
    )
)
"""What a member's account can see moving, for the filter: code and word."""

CREDIT, WITHDRAWAL = Side.CREDIT.value, EntryKind.WITHDRAWAL.value
MOST_LINES = 8
"""How many lines of one entry an account may have: a movement and its fee, and room."""

FEE_LINE = 3
"""In an entry that moves an account twice, the fee follows the movement: it is the third line."""


@dataclass(frozen=True, slots=True)
class Party:
    """The account on the other side of a transfer, and whose it is."""

    number: str
    name: str

    @property
    def last_four(self) -> str:
        return self.number[-4:]


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the passbook. `amount` is signed: what came in is positive."""

    entry_id: UUID
    seq: int
    kind: str
    reference: str
    business_date: date
    value_date: date
    occurred_at: datetime
    channel: str
    memo: str
    amount: Money
    balance_after: Money
    is_fee: bool
    reverses: str
    reversed_by: str
    other: Party | None

    @property
    def month(self) -> date:
        return self.business_date.replace(day=1)

    @property
    def title(self) -> str:
        """What it was, in plain words."""
        if self.reverses:
            return f"Reversal of {grouped(self.reverses)}"
        if self.is_fee:
            return "Withdrawal fee"
        if self.kind == EntryKind.TRANSFER:
            way = "to" if self.amount.minor < 0 else "from"
            return f"Transfer {way} {self.other.name} …{self.other.last_four}" if self.other else f"Transfer {way} …"
        if self.kind == EntryKind.PAYMENT:
            return other_bank(sent=self.amount.minor < 0)
        if self.kind == EntryKind.INTEREST_CREDIT and self.memo:
            return self.memo
        return _TITLES.get(self.kind, EntryKind(self.kind).label)

    @property
    def note(self) -> str:
        """What it was for; nothing where the title says it already."""
        if self.reverses:
            return self.memo.partition(": ")[2]
        return "" if self.memo == self.title or self.is_fee else self.memo

    @property
    def place(self) -> str:
        """Where it was done, in plain words."""
        return _PLACES.get(self.channel, self.channel.replace("_", " ").capitalize())


_PLACES = {
    "counter": "At the counter",
    "branch": "At the branch",
    "online": "Online",
    "system": "By the institution itself",
}
_TITLES = {
    EntryKind.DEPOSIT.value: "Cash paid in",
    EntryKind.WITHDRAWAL.value: "Cash paid out",
    EntryKind.OPENING.value: "Opening balance",
}


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """What came in and what went out in a calendar month, both zero or more."""

    inward: Money
    outward: Money


def other_bank(*, sent: bool) -> str:
    """What a payment is called: sent to another bank, or come from one."""
    return "To another bank" if sent else "From another bank"


def movements(
    account: DepositAccount,
    *,
    text: str = "",
    kind: str = "",
    since: date | None = None,
    until: date | None = None,
    before_seq: int | None = None,
    limit: int = 30,
) -> list[Movement]:
    """A page of movements, newest first; the next page starts `before_seq` of the last. One query, whatever it holds.

    `text` finds words of the memo, a reference, or an amount; `kind` is one of the ledger's entry kinds; the days are
    business days and count in.
    """
    sought = _Sought(
        text=text,
        amount=_amount(text, account.currency),
        kind=kind,
        since=since,
        until=until,
        before_seq=before_seq,
        limit=limit,
    )
    return _told(account, sought)


def movement(account: DepositAccount, reference: str) -> list[Movement]:
    """What one entry did to an account, a fee after what it was for. 404 when it did nothing to it."""
    found = _told(account, _Sought(reference=reference, limit=MOST_LINES))
    if not reference or not found:
        raise Http404("no such movement of this account")
    return found[::-1]


def month_totals(account: DepositAccount, moved: Turnover) -> dict[date, MonthTotal]:
    """In and out of each month, given by its first day, that the turnover covers."""
    sums: dict[date, tuple[int, int]] = {}
    for day, _, into, out in moved.days:
        month = day.replace(day=1)
        before = sums.get(month, (0, 0))
        sums[month] = (before[0] + into, before[1] + out)
    return {
        month: MonthTotal(Money(into, account.currency), Money(out, account.currency))
        for month, (into, out) in sums.items()
    }


def transfer_like(source: DepositAccount, target: DepositAccount, amount: Money, since: datetime) -> Entry | None:
    """The newest transfer of the same amount between the same accounts since a moment: to warn of sending it twice."""
    return (
        Entry.objects.filter(
            kind=EntryKind.TRANSFER,
            occurred_at__gte=since,
            postings__account_id=source.ledger_account_id,
            postings__side=Side.DEBIT,
            postings__amount_minor=amount.minor,
            postings__business_date__gte=source.branch.business_date,
        )
        .filter(postings__account_id=target.ledger_account_id)
        .order_by("-occurred_at")
        .first()
    )


@dataclass(frozen=True, slots=True)
class _Sought:
    """What narrows the lines of an account; the values of `sql/movements.sql`."""

    text: str = ""
    amount: int | None = None
    reference: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    before_seq: int | None = None
    limit: int = 30

    def values(self, account: DepositAccount) -> dict[str, str | int | date | None]:
        pattern = re.sub(r"([\\%_])", r"\\\1", self.text)
        return {**asdict(self), "pattern": f"%{pattern}%", "account": account.ledger_account_id}

    @property
    def is_plain(self) -> bool:
        """Whether the newest lines are meant, whatever they are."""
        return not (self.text or self.reference or self.kind or self.since or self.until or self.before_seq)


def _amount(text: str, currency: str) -> int | None:
    """The amount that words typed into the search may mean."""
    try:
        return parse_amount(text.lstrip("+-\N{MINUS SIGN} "), currency).minor if text else None
    except Refused:
        return None


def _told(account: DepositAccount, sought: _Sought) -> list[Movement]:
    """The lines sought. The newest come by a plan that is kept; a search is planned for what it looks for."""
    with prepared_cursor() if sought.is_plain else connection.cursor() as cursor:
        cursor.execute(_newest(sought.limit) if sought.is_plain else _found(), sought.values(account))
        return [_movement(account.currency, *row) for row in cursor.fetchall()]


@cache
def _newest(limit: int) -> str:
    """The newest lines, whatever they are. Of a kept plan for any limit PostgreSQL reckons that a tenth of the account is
    read, and never keeps it: the limit stands in the text.
    """
    return sql("movements").replace("%(limit)s::bigint", str(int(limit)))


@cache
def _found() -> str:
    return sql("movements").replace("-- and what is sought\n", sql("movements_sought"))


def _movement(currency: str, entry_id: UUID, line: int, side: str, amount_minor: int, *row: Any) -> Movement:
    """A row of `sql/movements.sql` as its account's owner reads it."""
    seq, after, day, value_date, kind, reference, occurred_at, channel, memo, reverses, reversed_by, number, name = row
    return Movement(
        entry_id=entry_id,
        seq=seq or 0,
        kind=kind,
        reference=reference,
        business_date=day,
        value_date=value_date,
        occurred_at=occurred_at,
        channel=channel,
        memo=memo,
        amount=Money(amount_minor if side == CREDIT else -amount_minor, currency),
        balance_after=Money(after or 0, currency),
        is_fee=kind == WITHDRAWAL and line == FEE_LINE,
        reverses=reverses,
        reversed_by=reversed_by,
        other=Party(number, name) if number else None,
    )
