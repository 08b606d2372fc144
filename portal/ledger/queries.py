"""Reading the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Case, F, QuerySet, Sum, When

from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.ledger.models import Account, Balance, Entry, IdempotencyKey, Posting, Snapshot


@dataclass(frozen=True, slots=True)
class Funds:
    """What an account has, what of it is held, and what may leave it."""

    booked: Money
    held: Money
    available: Money


def funds(account: Account) -> Funds:
    """The present funds of a tracked account: available = balance - holds - floor."""
    return funds_of(account, _balance(account.pk)[0])


@prepared_query
def _balance(account: int) -> QuerySet[Balance]:
    return Balance.objects.filter(account=account)


def funds_of(account: Account, balance: Balance) -> Funds:
    """The same from a balance row already read."""
    available = balance.balance_minor - balance.held_minor - (account.floor_minor or 0)
    return Funds(
        booked=Money(balance.balance_minor, account.currency),
        held=Money(balance.held_minor, account.currency),
        available=Money(max(available, 0), account.currency),
    )


def entry_by_key(*, scope: str, key: str) -> Entry | None:
    """What became of a request: the entry its key stands for, or None when nothing was posted under it."""
    known = IdempotencyKey.objects.filter(scope=scope, key=key).first()
    return Entry.objects.get(pk=known.entry_id) if known else None


def scope_of(user: Any) -> str:
    """The name under which a user's keys are counted."""
    return f"user:{user.pk}" if user is not None else "system"


def postings_of(account: Account) -> QuerySet[Posting]:
    """An account's lines with their entries, newest first."""
    return Posting.objects.filter(account=account).select_related("entry").order_by("-business_date", "-seq")


def lines_of(entry_id: UUID) -> QuerySet[Posting]:
    return Posting.objects.filter(entry_id=entry_id).select_related("account", "account__branch").order_by("line")


_BALANCES_AT = """
SELECT a.id, coalesce(s.balance_minor, 0) + coalesce((
           SELECT sum(CASE WHEN p.side = a.normal_side THEN p.amount_minor ELSE -p.amount_minor END)
             FROM ledger_posting AS p
            WHERE p.account_id = a.id AND p.business_date <= %(day)s AND p.business_date > coalesce(s.business_date, '-infinity')
       ), 0) AS balance_minor
  FROM ledger_account AS a
  LEFT JOIN LATERAL (
       SELECT balance_minor, business_date FROM ledger_snapshot
        WHERE account_id = a.id AND business_date <= %(day)s ORDER BY business_date DESC LIMIT 1
  ) AS s ON true
 WHERE NOT a.is_header AND (%(branch)s::bigint IS NULL OR a.branch_id = %(branch)s)
"""


def balances_at(day: date, *, branch_id: int | None = None) -> dict[int, int]:
    """Every detail account's balance in its normal side at the end of a day, in minor units, by account id.

    Starts from the last snapshot at or before the day, so that the cost follows what moved since, not all of history.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES_AT, {"day": day, "branch": branch_id})
        return dict(cursor.fetchall())


def balance_at(account: Account, day: date) -> Money:
    """An account's balance in its normal side at the end of a day, from the last snapshot on."""
    known = Snapshot.objects.filter(account=account, business_date__lte=day).order_by("-business_date").first()
    moved = Posting.objects.filter(account=account, business_date__lte=day)
    if known is not None:
        moved = moved.filter(business_date__gt=known.business_date)
    signed = Case(
        When(side=account.normal_side, then=F("amount_minor")),
        default=-F("amount_minor"),
        output_field=BigIntegerField(),
    )
    net = moved.aggregate(net=Sum(signed))["net"] or 0
    return Money(int(net) + (known.balance_minor if known else 0), account.currency)
