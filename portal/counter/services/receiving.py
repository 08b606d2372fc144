"""Cash for an account, by what the account is: a card's boxes are filled, shares are bought, all others are paid into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product
from portal.deposits.services import buy_shares_in_cash, pay_susu, receive_cash
from portal.deposits.shares import price_on
from portal.drawers.models import CashMovement
from portal.institution.models import Branch
from portal.ledger.models import Account, Entry
from portal.ledger.services import Posted


def receive(
    *,
    account: DepositAccount,
    amount: Money,
    cash: Account,
    branch: Branch,
    key: str,
    memo: str,
    by: Any,
    at: datetime,
) -> Posted:
    """Pay cash in as the account's kind wants it. Refused: an amount that is no whole number of stakes or shares, and
    what the kind's own service refuses. A card and a register write their own memo.
    """
    kind = account.product.kind
    if kind == Product.Kind.SUSU:
        payment = pay_susu(account=account, amount=amount, cash=cash, branch=branch, key=key, by=by, at=at)
        return posted_as(payment.entry)
    if kind == Product.Kind.SHARES:
        shares = shares_for(account, amount)
        dealing = buy_shares_in_cash(account=account, cash=cash, branch=branch, shares=shares, key=key, by=by, at=at)
        return posted_as(dealing.entry)
    return receive_cash(account=account, amount=amount, cash=cash, branch=branch, key=key, memo=memo, by=by, at=at)


def shares_for(account: DepositAccount, amount: Money) -> int:
    """How many shares an amount buys at the day's price. Refused: no price today, and an amount that leaves a rest."""
    price = price_on(account.product, account.branch.business_date)
    if price is None:
        raise Refused(f"{account.product.name} has no price today. Nothing was posted.", code="no_terms")
    if amount.currency != price.currency or amount.minor % price.minor:
        message = f"One share costs {price}: take a whole number of shares. Nothing was posted."
        raise Refused(message, code="shares", field="amount")
    return amount.minor // price.minor


def posted_as(entry: Entry) -> Posted:
    """As the ledger answers. Cash that a drawer has written down already was posted before."""
    known = CashMovement.objects.filter(entry_id=entry.pk).exists()
    return Posted(entry.pk, entry.reference, entry.business_date, replayed=known)
