"""Limits: held while money moves, and set by one person with another's leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import limits as reading
from portal.deposits.models import Beyond, Channel, DepositAccount, MoneyLimit, NewPayeeRule, Product
from portal.ledger.queries import entry_by_key, scope_of
from portal.people.models import Customer

_LOCK = 7024


class LimitReached(Refused):
    """More than a limit leaves. `may_ask` says whether it may go on with a second person's leave."""

    code = "limit"
    may_ask = False


def refuse_beyond_limits(
    *,
    account: DepositAccount,
    target: DepositAccount | None,
    amount: Money,
    channel: str,
    key: str,
    is_approved: bool = False,
    by: Any,
    at: datetime,
) -> None:
    """Refuse what the limits of the account's owner leave no room for, saying what is left.

    Called in the transaction that moves the money: a customer's movements take turns from here to its end, so that the
    sum of many at once stays within the limit. `amount` is what is sent: what that costs counts in no limit. Between
    accounts of one owner no limit holds, nor for a request that was carried out before. `is_approved`: a second person
    gave leave to go beyond limits that can be asked about.
    """
    if target is not None and target.customer_id == account.customer_id:
        return
    role = by.role if by is not None else Role.CUSTOMER.value
    moving = reading.Movement(account, amount, channel, role, account.branch.business_date)
    limits, rule = reading.in_force(moving), reading.new_payee_rule(account.currency, moving.day)
    is_new = rule is not None and target is not None and not reading.is_known_payee(account.customer_id, target, at)
    if not limits and not is_new:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, account.customer_id])
    if entry_by_key(scope=scope_of(by), key=key) is not None:
        return
    for limit in limits:
        if not (is_approved and limit.beyond == Beyond.ASK):
            _refuse_beyond(limit, moving)
    if is_new and rule is not None and not is_approved:
        _refuse_new_payee(rule, moving, at)


def _refuse_beyond(limit: MoneyLimit, moving: reading.Movement) -> None:
    amount, currency = moving.amount, moving.amount.currency
    if limit.at_once_minor is not None and amount.minor > limit.at_once_minor:
        most = Money(limit.at_once_minor, currency)
        raise _reached(limit, f"At most {most} may be sent at once, fees not counted. Nothing was posted.")
    left = reading.left_of_day(limit, moving)
    if left is not None and amount > left:
        raise _reached(limit, f"Of today's limit {left} is left, fees not counted. Nothing was posted.")


def _reached(limit: MoneyLimit, message: str) -> LimitReached:
    refusal = LimitReached(message, field="amount")
    refusal.may_ask = limit.beyond == Beyond.ASK
    return refusal


def _refuse_new_payee(rule: NewPayeeRule, moving: reading.Movement, at: datetime) -> None:
    left = reading.left_for_new_payees(rule, moving, at)
    if moving.amount > left:
        message = (
            f"To new payees {left} may still be sent today, fees not counted. Save this payee: after "
            f"{rule.cooling_hours} hours more may be sent. Nothing was posted."
        )
        raise LimitReached(message, code="new_payee", field="amount")


@transactional
def set_limit(
    *,
    role: str = "",
    channel: str = "",
    product: Product | None = None,
    customer: Customer | None = None,
    currency: str,
    at_once: Money | None,
    per_day: Money | None,
    beyond: str = Beyond.REFUSE,
    effective_from: date,
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> MoneyLimit:
    """Write a limit that holds from a day on; with neither amount it lifts the one before. Rows are never edited.

    Beyond a limit on closing a second person is asked, always. Refused: no reason, a day that is over, and a day's sum for
    closing accounts.
    """
    if channel == Channel.CLOSING and per_day is not None:
        raise Refused("Closing an account knows a limit at once only.", code="closing", field="per_day")
    if channel == Channel.CLOSING:
        beyond = Beyond.ASK
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if effective_from < at.date():
        raise Refused("A limit begins today or later.", code="past", field="effective_from")
    return MoneyLimit.objects.create(
        role=role,
        channel=channel,
        product=product,
        customer=customer,
        currency=currency,
        at_once_minor=at_once.minor if at_once is not None else None,
        per_day_minor=per_day.minor if per_day is not None else None,
        beyond=beyond,
        effective_from=effective_from,
        reason=reason.strip(),
        set_by=by,
        approved_by=approved_by,
        at=at,
    )


@transactional
def set_new_payee_rule(
    *,
    currency: str,
    cooling_hours: int,
    per_day: Money,
    effective_from: date,
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> NewPayeeRule:
    """Write how new payees are treated from a day on. Refused like `set_limit`."""
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if effective_from < at.date():
        raise Refused("A rule begins today or later.", code="past", field="effective_from")
    return NewPayeeRule.objects.create(
        effective_from=effective_from,
        cooling_hours=cooling_hours,
        currency=currency,
        per_day_minor=per_day.minor,
        reason=reason.strip(),
        set_by=by,
        approved_by=approved_by,
        at=at,
    )
