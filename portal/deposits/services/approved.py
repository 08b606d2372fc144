"""Asking a second person: for a transfer beyond a limit, another limit, another rule for new payees, a dividend."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.money import Money
from portal.deposits import queries
from portal.deposits.models import Beyond, Channel, DepositAccount, Product
from portal.deposits.services.closing import refuse_wish
from portal.people.models import Customer

TRANSFER, LIMIT, DIVIDEND, NEW_PAYEES = "deposit_transfer", "deposit_limit", "share_dividend", "new_payee_rule"
CLOSURE, CLOSURE_WISH = "account_closure", "account_closure_wish"


def ask_for_transfer(
    *,
    source: DepositAccount,
    target: DepositAccount,
    amount: Money,
    memo: str,
    key: str,
    reason: str,
    by: Any,
    at: datetime,
) -> Request:
    """Ask for a transfer beyond a limit. Nothing moves until somebody else approves; then it moves once."""
    payload = {
        "source": source.number,
        "target": target.number,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "memo": memo,
        "key": key,
    }
    return ask(
        act=TRANSFER,
        payload=payload,
        subject=source.number,
        reason=reason,
        branch=source.branch,
        amount=amount,
        by=by,
        at=at,
    )


def ask_for_closing(
    *, account: DepositAccount, target: DepositAccount | None, reason: str, key: str, by: Any, at: datetime
) -> Request:
    """Ask for an account to be closed; it stays open until somebody else approves. Refuses what cannot be closed now."""
    payload = {"account": account.number, "target": target.number if target else "", "reason": reason, "key": key}
    return ask(
        act=CLOSURE,
        payload=payload,
        subject=account.number,
        reason=reason,
        branch=account.branch,
        amount=queries.funds_of(account).booked,
        by=by,
        at=at,
    )


def wish_for_closing(
    *, account: DepositAccount, target: DepositAccount | None, reason: str, key: str, by: Any, at: datetime
) -> Request:
    """The member's own wish for an account to be closed: the branch decides, and until then it stays as it is.

    What remains goes to `target`, another account of the member. Refuses what `closing.refuse_wish` refuses.
    """
    refuse_wish(account, reason, target, by=by)
    payload = {"account": account.number, "target": target.number if target else "", "reason": reason, "key": key}
    return ask(
        act=CLOSURE_WISH,
        payload=payload,
        subject=account.number,
        reason=reason,
        branch=account.branch,
        amount=queries.funds_of(account).booked,
        by=by,
        at=at,
    )


def ask_for_limit(
    *,
    role: str,
    channel: str,
    product: Product | None,
    customer: Customer | None,
    currency: str,
    at_once: Money | None,
    per_day: Money | None,
    beyond: str,
    effective_from: date,
    reason: str,
    by: Any,
    at: datetime,
) -> Request:
    """Ask for another limit from a day on. Empty scopes hold for everybody; neither amount lifts the one before."""
    payload = {
        "role": role,
        "channel": channel,
        "product": product.code if product else "",
        "customer": customer.number if customer else "",
        "currency": currency,
        "at_once_minor": at_once.minor if at_once is not None else None,
        "per_day_minor": per_day.minor if per_day is not None else None,
        "beyond": Beyond.ASK if channel == Channel.CLOSING else beyond,
        "effective_from": effective_from.isoformat(),
        "reason": reason,
    }
    return ask(act=LIMIT, payload=payload, subject="limits", reason=reason, by=by, at=at)


def ask_for_new_payee_rule(
    *,
    currency: str,
    cooling_hours: int,
    per_day: Money,
    effective_from: date,
    reason: str,
    by: Any,
    at: datetime,
) -> Request:
    """Ask for another rule for new payees from a day on. Payees saved before keep the hours they were saved with."""
    payload = {
        "currency": currency,
        "cooling_hours": cooling_hours,
        "per_day_minor": per_day.minor,
        "effective_from": effective_from.isoformat(),
        "reason": reason,
    }
    return ask(act=NEW_PAYEES, payload=payload, subject="limits", reason=reason, by=by, at=at)


def ask_for_dividend(
    *, product: Product, period_start: date, period_end: date, total: Money, reason: str, by: Any, at: datetime
) -> Request:
    """Ask for a dividend on a product's shares for a period that is over."""
    payload = {
        "product": product.code,
        "period_start": period_start.isoformat(),
        "period_end": period_end.isoformat(),
        "total_minor": total.minor,
    }
    return ask(act=DIVIDEND, payload=payload, subject=product.name, reason=reason, amount=total, by=by, at=at)
