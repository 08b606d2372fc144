"""Reading limits: which hold for a movement, how much of a day's money has left, and what is left of it.

A limit is of what is sent. What sending costs is no part of it: neither of the movement that is asked for, nor of what was
sent before. Here that is one rule (`_SENT`), by which the check page, the refusal and "left today" are worked out alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from portal.access.roles import Role
from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.deposits.models import Channel, DepositAccount, MoneyLimit, NewPayeeRule, Payee
from portal.ledger import chart

_SENT = """NOT EXISTS (
       SELECT FROM ledger_posting AS earned
         JOIN ledger_account AS income ON income.id = earned.account_id AND income.code = %(fees)s
        WHERE earned.entry_id = p.entry_id AND earned.line = p.line + 1
          AND earned.side = 'C' AND earned.amount_minor = p.amount_minor)"""
"""A line of what was sent, not of what that cost: a fee's line is followed by the income's, as `fee_lines` writes them."""

_LEFT = f"""
SELECT coalesce(sum(p.amount_minor), 0)
  FROM ledger_posting AS p
  JOIN ledger_entry AS e ON e.id = p.entry_id
  JOIN deposits_depositaccount AS own ON own.ledger_account_id = p.account_id
  JOIN deposits_product AS product ON product.id = own.product_id AND product.currency = %(currency)s
 WHERE own.customer_id = %(customer)s AND p.side = 'D' AND p.business_date >= %(day)s
   AND {_SENT}
   AND e.kind IN ('transfer', 'withdrawal', 'payment')
   AND (%(channel)s = '' OR e.channel = %(channel)s)
   AND (%(product)s::bigint IS NULL OR own.product_id = %(product)s)
   AND NOT EXISTS (SELECT FROM ledger_entry AS r WHERE r.reverses_id = e.id)
   AND NOT EXISTS (
       SELECT FROM ledger_posting AS q
         JOIN deposits_depositaccount AS other ON other.ledger_account_id = q.account_id
        WHERE q.entry_id = e.id AND q.side = 'C' AND other.customer_id = own.customer_id)
   AND (NOT %(new_only)s OR NOT EXISTS (
       SELECT FROM ledger_posting AS q
         JOIN deposits_depositaccount AS other ON other.ledger_account_id = q.account_id
         JOIN deposits_payee AS known ON known.account_id = other.id AND known.customer_id = own.customer_id
        WHERE q.entry_id = e.id AND q.side = 'C' AND known.removed_at IS NULL AND known.usable_from <= %(at)s))
   AND (NOT %(new_only)s OR e.kind = 'transfer')
"""  # noqa: S608  # built of this page's own constants


_SENT_TO_NEW = f"""
SELECT max(own.number), e.business_date, sum(p.amount_minor)
  FROM ledger_entry AS e
  JOIN ledger_posting AS p ON p.entry_id = e.id AND p.side = 'D'
  JOIN deposits_depositaccount AS own ON own.ledger_account_id = p.account_id
  JOIN deposits_product AS product ON product.id = own.product_id AND product.currency = %(currency)s
  JOIN ledger_posting AS q ON q.entry_id = e.id AND q.side = 'C'
  JOIN deposits_depositaccount AS other ON other.ledger_account_id = q.account_id AND other.customer_id <> own.customer_id
 WHERE e.kind = 'transfer' AND e.business_date >= %(since)s
   AND {_SENT}
   AND NOT EXISTS (SELECT FROM ledger_entry AS r WHERE r.reverses_id = e.id)
   AND NOT EXISTS (
       SELECT FROM deposits_payee AS known
        WHERE known.account_id = other.id AND known.customer_id = own.customer_id
          AND known.added_at + %(hours)s * interval '1 hour' <= e.occurred_at
          AND (known.removed_at IS NULL OR known.removed_at > e.occurred_at))
 GROUP BY own.customer_id, e.business_date
 ORDER BY 3 DESC, 1
 LIMIT %(most)s
"""  # noqa: S608  # as above


@dataclass(frozen=True, slots=True)
class Movement:
    """What is about to leave a customer's account, as limits see it."""

    account: DepositAccount
    amount: Money
    channel: str
    role: str
    day: date


def in_force(moving: Movement) -> list[MoneyLimit]:
    """The limits that hold for a movement: of each scope the newest that has begun, unless it lifts the limit."""
    return [limit for limit in _newest(_now_begun(moving.account.currency, moving.day)) if _fits(limit, moving)]


def closes_alone_up_to(account: DepositAccount, role: str) -> Money:
    """Up to which balance one person of a role closes this account: the least of the limits on closing; 0 without any."""
    balance, day = Money.zero(account.currency), account.branch.business_date
    closing = [limit for limit in in_force(Movement(account, balance, Channel.CLOSING, role, day)) if limit.channel]
    amounts = [limit.at_once_minor for limit in closing if limit.at_once_minor is not None]
    return Money(min(amounts, default=0), account.currency)


def _begun(currency: str, day: date) -> QuerySet[MoneyLimit]:
    return MoneyLimit.objects.filter(currency=currency, effective_from__lte=day).order_by("-effective_from", "-pk")


_now_begun = prepared_query(_begun)


def _newest(limits: Iterable[MoneyLimit]) -> list[MoneyLimit]:
    """The first of each scope, in the order given; what lifts a limit is no limit."""
    found: dict[tuple[object, ...], MoneyLimit] = {}
    for limit in limits:
        found.setdefault((limit.role, limit.channel, limit.product_id, limit.customer_id), limit)
    return [limit for limit in found.values() if limit.at_once_minor is not None or limit.per_day_minor is not None]


def _fits(limit: MoneyLimit, moving: Movement) -> bool:
    return (
        limit.role in {"", moving.role}
        and limit.channel in {"", moving.channel}
        and limit.product_id in {None, moving.account.product_id}
        and limit.customer_id in {None, moving.account.customer_id}
    )


def present(currency: str, day: date) -> list[MoneyLimit]:
    """Every limit that holds on a day, the general ones first."""
    found = _newest(_begun(currency, day).select_related("product", "customer"))
    return sorted(found, key=lambda limit: (limit.customer_id or 0, limit.product_id or 0, limit.role, limit.channel))


def history(currency: str) -> QuerySet[MoneyLimit]:
    """Every limit ever set, newest first."""
    found = MoneyLimit.objects.filter(currency=currency).select_related("product", "customer", "set_by", "approved_by")
    return found.order_by("-at", "-pk")


def limit_of_scope(
    *, role: str, channel: str, product_id: int | None, customer_id: int | None, currency: str, day: date
) -> MoneyLimit | None:
    """The newest limit of exactly this scope on a day, a lifted one too."""
    scope = {"role": role, "channel": channel, "product": product_id, "customer": customer_id}
    return _begun(currency, day).filter(**scope).first()


def used(moving: Movement, *, channel: str = "", product_id: int | None = None) -> Money:
    """What a customer sent to others on the business day, in the movement's currency; fees and what was reversed left out."""
    return _sum(moving, channel=channel, product_id=product_id)


def used_for_new_payees(moving: Movement, at: datetime) -> Money:
    """What of it went to accounts that are no saved payees, or were saved too recently."""
    return _sum(moving, at=at)


def _sum(moving: Movement, *, channel: str = "", product_id: int | None = None, at: datetime | None = None) -> Money:
    values: dict[str, Any] = {
        "customer": moving.account.customer_id,
        "currency": moving.account.currency,
        "fees": chart.FEE_INCOME,
        "day": moving.day,
        "channel": channel,
        "product": product_id,
        "new_only": at is not None,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, values)
        return Money(int(cursor.fetchone()[0]), moving.account.currency)


def new_payee_rule(currency: str, day: date) -> NewPayeeRule | None:
    """How new payees are treated on a day."""
    return next(iter(_new_payee_rule(currency, day)), None)


@prepared_query
def _new_payee_rule(currency: str, day: date) -> QuerySet[NewPayeeRule]:
    return NewPayeeRule.objects.filter(currency=currency, effective_from__lte=day)[:1]


def new_payee_rules(currency: str) -> QuerySet[NewPayeeRule]:
    """Every rule there was, is and will be, the newest first."""
    return NewPayeeRule.objects.filter(currency=currency).select_related("set_by", "approved_by")


@dataclass(frozen=True, slots=True)
class SentToNew:
    """What one customer sent on one day to payees that were new then."""

    account: str
    day: date
    sent: Money


def most_sent_to_new(currency: str, since: date, *, cooling_hours: int, most: int = 3) -> list[SentToNew]:
    """The days since one on which a customer sent most to payees who had not been saved for so many hours, largest first."""
    values: dict[str, Any] = {"currency": currency, "since": since, "hours": cooling_hours, "most": most}
    values["fees"] = chart.FEE_INCOME
    with connection.cursor() as cursor:
        cursor.execute(_SENT_TO_NEW, values)
        return [SentToNew(number, day, Money(int(minor), currency)) for number, day, minor in cursor.fetchall()]


def is_known_payee(customer_id: int, target: DepositAccount, at: datetime) -> bool:
    """Whether a customer saved this account as a payee long enough ago."""
    known = Q(customer=customer_id, account=target.pk, removed_at=None, usable_from__lte=at)
    return Payee.objects.filter(known).exists()


@dataclass(frozen=True, slots=True)
class LeftToday:
    """One line for a customer: a limit, and what is left of it today."""

    limit: MoneyLimit
    per_day: Money | None
    at_once: Money | None
    left: Money | None


def left_of(account: DepositAccount) -> Sequence[LeftToday]:
    """What the owner of an everyday account may still send online today, limit by limit; nothing where no limit holds."""
    return left_today(_sending(account))


def left_today(moving: Movement) -> Sequence[LeftToday]:
    """What a customer may still send today, limit by limit."""
    currency, found = moving.account.currency, []
    for limit in in_force(moving):
        per_day = Money(limit.per_day_minor, currency) if limit.per_day_minor is not None else None
        at_once = Money(limit.at_once_minor, currency) if limit.at_once_minor is not None else None
        found.append(LeftToday(limit, per_day, at_once, left_of_day(limit, moving)))
    return found


def left_to(source: DepositAccount, target: DepositAccount, at: datetime) -> Money | None:
    """The most that a day's limits let the owner of an account still send online to another: the least of what each leaves.

    None where none holds, as between accounts of one owner.
    """
    if source.customer_id == target.customer_id:
        return None
    moving = _sending(source)
    left = [each for limit in in_force(moving) if (each := left_of_day(limit, moving)) is not None]
    rule = new_payee_rule(source.currency, moving.day)
    if rule is not None and not is_known_payee(source.customer_id, target, at):
        left.append(left_for_new_payees(rule, moving, at))
    return min(left, default=None)


def left_of_day(limit: MoneyLimit, moving: Movement) -> Money | None:
    """What a limit leaves of its day for a movement of its scope; None where it names no sum for a day."""
    if limit.per_day_minor is None:
        return None
    gone = used(moving, channel=limit.channel, product_id=limit.product_id)
    return _rest(limit.per_day_minor, gone)


def left_for_new_payees(rule: NewPayeeRule, moving: Movement, at: datetime) -> Money:
    """What the rule for new payees leaves of a day."""
    return _rest(rule.per_day_minor, used_for_new_payees(moving, at))


def _rest(per_day_minor: int, gone: Money) -> Money:
    return Money(max(per_day_minor - gone.minor, 0), gone.currency)


def _sending(account: DepositAccount) -> Movement:
    """The owner of an account about to send something online."""
    nothing = Money.zero(account.currency)
    return Movement(account, nothing, Channel.ONLINE, Role.CUSTOMER.value, account.branch.business_date)
