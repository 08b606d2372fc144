"""What plans share: opening an account for one, and money between it and another account of the same owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.judged import post_judged
from portal.deposits.services.moving import (
    NotMoving,
    fits,
    moved,
    refuse_giving,
    refuse_immobile,
    refuse_one_of_all,
    short,
)
from portal.deposits.services.opening import open_account
from portal.institution.models import Branch
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import EntryKind, Side
from portal.ledger.services import Line, NewEntry, Posted, debit
from portal.people.models import Customer


def open_plan(
    *, customer: Customer, product: Product, kind: Product.Kind, branch: Branch, by: Any, at: datetime
) -> DepositAccount:
    """Open the account a plan lies in. Refused: a product of another kind or not offered, and what opening refuses."""
    if product.kind != kind or product.state != Product.State.OFFERED:
        raise Refused(f"{product.name} is not offered.", code="not_offered", field="product")
    return open_account(customer=customer, product=product, branch=branch, by=by, at=at)


def money_from(source: DepositAccount, plan: DepositAccount, amount: Money, *, by: Any) -> Line:
    """The line that takes an amount out of an everyday account of the plan's owner.

    Refused: another person's account, one that gives nothing or is a plan itself, one holder of an account that all move
    together, and another currency.
    """
    _own_everyday(source, plan, "source")
    refuse_giving(source)
    refuse_one_of_all(source, by)
    return debit(source.ledger_account, fits(amount, source))


def refuse_taking_out(plan: DepositAccount, by: Any) -> None:
    """Refuse to pay a plan out that is blocked or dormant, and to one of holders who move it together only."""
    refuse_immobile(plan)
    refuse_giving(plan)
    refuse_one_of_all(plan, by)


def refuse_payout_to(target: DepositAccount, plan: DepositAccount) -> None:
    """Refuse an account that what a plan pays out cannot go to: another person's, one that does not move, a plan."""
    _own_everyday(target, plan, "target")
    if target.currency != plan.currency:
        raise Refused(f"Account …{target.last_four} is kept in {target.currency}.", code="currency", field="target")


def _own_everyday(account: DepositAccount, plan: DepositAccount, field: str) -> None:
    if account.customer_id != plan.customer_id:
        raise Refused("Choose an account of the same owner.", code="another_owner", field=field)
    refuse_immobile(account, field=field)
    if account.product.kind in BY_OWN_RULES:
        message = f"Account …{account.last_four} moves by rules of its own. Choose an everyday account."
        raise NotMoving(message, code="own_rules", field=field)


def post_plan(
    *,
    kind: EntryKind,
    account: DepositAccount,
    lines: Sequence[Line],
    key: str,
    memo: str,
    channel: str,
    branch: Branch | None = None,
    others: Sequence[DepositAccount] = (),
    by: Any,
    at: datetime,
) -> Posted:
    """Post a plan's entry, dated by `branch` (the account's own unless given), and tell the pages of the accounts.

    Refused like any movement; too little money says how much there is.
    """
    refuse_immobile(account)
    entry = NewEntry(kind=kind, branch=branch or account.branch, lines=lines, key=key, memo=memo, channel=channel)
    try:
        return moved(_post_judged(entry, account, others, by=by, at=at), account, *others)
    except InsufficientFunds as refusal:
        raise short(refusal, Money(refusal.available_minor, account.currency)) from refusal


def _post_judged(
    entry: NewEntry, plan: DepositAccount, others: Sequence[DepositAccount], *, by: Any, at: datetime
) -> Posted:
    """Judged as the movement of whoever pays: the other account of the owner, the plan, or cash into the plan."""
    own = next(line for line in entry.lines if line.account.pk == plan.ledger_account_id)
    is_credited = own.side == Side.CREDIT
    payer, target = (others[0], plan) if is_credited and others else (plan, others[0] if others else None)
    return post_judged(
        entry,
        account=payer,
        amount=own.amount,
        is_incoming=is_credited and not others,
        target=target,
        is_own=bool(others),
        by=by,
        at=at,
    )
