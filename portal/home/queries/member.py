"""The first page of a customer: what there is, what is set aside, what happened last, and how it went over half a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.deposits import queries as deposits
from portal.deposits.models import DepositAccount
from portal.deposits.movements import Movement, movements
from portal.deposits.waiting import Waiting, marked, waiting_on
from portal.ledger.models import Hold, Posting, Side
from portal.ledger.queries import Funds

LAST = 5
MONTHS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One account with its funds."""

    account: DepositAccount
    funds: Funds


@dataclass(frozen=True, slots=True)
class Total:
    """All accounts of one currency together."""

    booked: Money
    available: Money

    @property
    def differ(self) -> bool:
        return self.booked != self.available


@dataclass(frozen=True, slots=True)
class Recent:
    """A movement and the account it moved."""

    account: DepositAccount
    movement: Movement


@dataclass(frozen=True, slots=True)
class SetAside:
    """What is left of a hold, why, and until when."""

    amount: Money
    reason: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberHome:
    """What a customer's first page shows."""

    lines: list[Line]
    totals: list[Total]
    holds: list[SetAside]
    waiting: list[Waiting]
    recent: list[Recent]


def member_home(user: Any) -> MemberHome:
    """The customer's own accounts, those that are closed left out, with the last movements over all of them."""
    accounts = own_accounts(user)
    lines = [Line(account, deposits.funds_as_loaded(account)) for account in accounts]
    held = [line.account.ledger_account_id for line in lines if line.funds.held]
    holds, waiting = _holds(held), waiting_on(user, accounts)
    return MemberHome(lines=lines, totals=_totals(lines), holds=holds, waiting=waiting, recent=_recent(accounts))


def own_accounts(user: Any) -> list[DepositAccount]:
    """The accounts a customer has, the largest first and closed ones left out; none for staff."""
    reach = deposits.reach_of(user) if user.customer_id is not None else None
    return [] if reach is None else _own(*reach.values(), names=tuple(reach))


@prepared_query
def _own(*reach: int, names: tuple[str, ...]) -> QuerySet[DepositAccount]:
    accounts = marked(deposits.accounts_within(*reach, names=names)).exclude(state=DepositAccount.State.CLOSED)
    return accounts.order_by("-ledger_account__balance__balance_minor", "number")


def _totals(lines: Sequence[Line]) -> list[Total]:
    totals: dict[str, Total] = {}
    for line in lines:
        booked, available = line.funds.booked, line.funds.available
        before = totals.get(booked.currency)
        if before is not None:
            booked, available = before.booked + booked, before.available + available
        totals[booked.currency] = Total(booked, available)
    return list(totals.values())


def _holds(ledger_accounts: Sequence[int]) -> list[SetAside]:
    """What is set aside now; asked only when a balance says that there is something."""
    if not ledger_accounts:
        return []
    holds = Hold.objects.filter(account_id__in=ledger_accounts, remaining_minor__gt=0).select_related("account")
    return [
        SetAside(Money(hold.remaining_minor, hold.account.currency), hold.reason, hold.expires_at)
        for hold in holds.order_by("expires_at", "placed_at")
    ]


def _recent(accounts: Sequence[DepositAccount]) -> list[Recent]:
    """The last movements of each account, put together by time. An account that never moved is not asked."""
    moved = [account for account in accounts if account.ledger_account.balance.last_seq]
    found = [Recent(account, movement) for account in moved for movement in movements(account, limit=LAST)]
    found.sort(key=lambda recent: (recent.movement.occurred_at, recent.movement.seq), reverse=True)
    return found[:LAST]


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of one account: what came in and went out, its lowest, highest and last balance; minor units."""

    first_day: date
    inward: int
    outward: int
    low: int
    high: int
    last: int


def half_year(account: DepositAccount, today: date) -> list[Month]:
    """The last six months, the running one included, of an account. Two queries; a month without movements repeats the last."""
    starts = _month_starts(today, MONTHS)
    moved = _by_month(account, starts[0])
    balance, *ends = _balances_before(account, [*starts, _next(starts[-1])])
    months = []
    for start, end in zip(starts, ends, strict=True):
        inward, outward, low, high = moved.get(start, (0, 0, balance, balance))
        months.append(Month(start, inward, outward, min(low, balance), max(high, balance), end))
        balance = end
    return months


def _by_month(account: DepositAccount, since: date) -> dict[date, tuple[int, int, int, int]]:
    postings = Posting.objects.filter(account_id=account.ledger_account_id, business_date__gte=since)
    rows = (
        postings.annotate(month=TruncMonth("business_date"))
        .values("month")
        .annotate(
            inward=Sum("amount_minor", filter=Q(side=Side.CREDIT), default=0),
            outward=Sum("amount_minor", filter=Q(side=Side.DEBIT), default=0),
            low=Min("balance_after_minor"),
            high=Max("balance_after_minor"),
        )
    )
    return {row["month"]: (row["inward"], row["outward"], row["low"], row["high"]) for row in rows}


# One step down the index (account, business_date, seq) for each day, however many movements the account has.
_BEFORE = """
SELECT coalesce((SELECT p.balance_after_minor FROM ledger_posting AS p
                  WHERE p.account_id = %s AND p.business_date < d.day
                  ORDER BY p.business_date DESC, p.seq DESC LIMIT 1), 0)
  FROM unnest(%s::date[]) WITH ORDINALITY AS d(day, n) ORDER BY d.n
"""


def _balances_before(account: DepositAccount, days: Sequence[date]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [account.ledger_account_id, list(days)])
        return [row[0] for row in cursor.fetchall()]


def _month_starts(today: date, count: int) -> list[date]:
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1)]


def _next(first_day: date) -> date:
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
