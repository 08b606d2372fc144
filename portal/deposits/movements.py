"""An account's movements, as its owner reads them: newest first, each with what it was and what was left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.http import Http404

from portal.base.errors import Refused
from portal.base.money import Money, parse_amount
from portal.base.templatetags.portal import grouped
from portal.deposits.models import DepositAccount
from portal.ledger.models import Entry, EntryKind, Posting, Side

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
        EntryKind.REVERSAL,
        EntryKind.OPENING,
    )
)
"""What a member's account can see moving, for the filter: code and word."""

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
    """A page of movements, newest first; the next page starts `before_seq` of the last. Two queries, whatever it holds.

    `text` finds words of the memo, a reference, or an amount; `kind` is one of the ledger's entry kinds; the days are
    business days and count in.
    """
    lines = _lines(account).filter(_sought(text, account.currency))
    if kind:
        lines = lines.filter(entry__kind=kind)
    if since is not None:
        lines = lines.filter(business_date__gte=since)
    if until is not None:
        lines = lines.filter(business_date__lte=until)
    if before_seq is not None:
        lines = lines.filter(seq__lt=before_seq)
    return _told(account, lines.order_by("-seq")[:limit])


def movement(account: DepositAccount, reference: str) -> list[Movement]:
    """What one entry did to an account, a fee after what it was for. 404 when it did nothing to it."""
    found = _told(account, _lines(account).filter(entry__reference=reference).order_by("seq"))
    if not found:
        raise Http404("no such movement of this account")
    return found


def month_totals(account: DepositAccount, months: Iterable[date]) -> dict[date, MonthTotal]:
    """In and out of each of these months (given by their first day). One query over the months' own lines."""
    wanted = sorted(set(months))
    if not wanted:
        return {}
    lines = Posting.objects.filter(
        account_id=account.ledger_account_id, business_date__gte=wanted[0], business_date__lt=_next_month(wanted[-1])
    )
    into, out = (
        Case(When(side=Side.CREDIT, then=F("amount_minor"))),
        Case(When(side=Side.DEBIT, then=F("amount_minor"))),
    )
    rows = lines.annotate(month=TruncMonth("business_date")).values("month").annotate(into=Sum(into), out=Sum(out))
    return {
        row["month"]: MonthTotal(Money(row["into"] or 0, account.currency), Money(row["out"] or 0, account.currency))
        for row in rows
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


def _lines(account: DepositAccount) -> QuerySet[Posting]:
    lines = Posting.objects.filter(account_id=account.ledger_account_id)
    return lines.select_related("entry", "entry__reverses", "entry__reversed_by")


def _sought(text: str, currency: str) -> Q:
    """Where the words typed into the search may stand."""
    if not text:
        return Q()
    found = Q(entry__memo__icontains=text) | Q(entry__reference=text)
    try:
        found |= Q(amount_minor=parse_amount(text.lstrip("+-\N{MINUS SIGN} "), currency).minor)
    except Refused:
        return found
    return found


def _told(account: DepositAccount, lines: QuerySet[Posting]) -> list[Movement]:
    rows = list(lines)
    others = _others(account, [row.entry_id for row in rows if row.entry.kind in _WITH_OTHERS])
    return [_movement(account, row, others.get(row.entry_id)) for row in rows]


_WITH_OTHERS = {EntryKind.TRANSFER.value, EntryKind.REVERSAL.value}


def _others(account: DepositAccount, entries: Sequence[UUID]) -> dict[UUID, Party]:
    """The member's account on the other side of each entry, where there is one."""
    found: dict[UUID, Party] = {}
    rows = (
        DepositAccount.objects.filter(ledger_account__postings__entry_id__in=entries)
        .exclude(pk=account.pk)
        .values_list("ledger_account__postings__entry_id", "number", "customer__full_name")
    )
    for entry_id, number, name in rows if entries else ():
        found[entry_id] = Party(number, name)
    return found


def _movement(account: DepositAccount, line: Posting, other: Party | None) -> Movement:
    entry = line.entry
    sign = 1 if line.side == Side.CREDIT else -1
    later = getattr(entry, "reversed_by", None)
    return Movement(
        entry_id=entry.pk,
        seq=line.seq or 0,
        kind=entry.kind,
        reference=entry.reference,
        business_date=line.business_date,
        value_date=line.value_date,
        occurred_at=entry.occurred_at,
        channel=entry.channel,
        memo=entry.memo,
        amount=Money(sign * line.amount_minor, account.currency),
        balance_after=Money(line.balance_after_minor or 0, account.currency),
        is_fee=entry.kind == EntryKind.WITHDRAWAL and line.line == FEE_LINE,
        reverses=entry.reverses.reference if entry.reverses else "",
        reversed_by=later.reference if later else "",
        other=other,
    )


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
