"""Shares: buying and redeeming at the day's price."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import shares as reading
from portal.deposits.models import DepositAccount, Product, ShareClass, ShareDealing, ShareTerms
from portal.deposits.services.plans import money_from, open_plan, post_plan, refuse_payout_to, refuse_taking_out
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import Line, credit, debit
from portal.people.models import Customer


@transactional
def start_shares(
    *,
    customer: Customer,
    product: Product,
    source: DepositAccount,
    shares: int,
    key: str,
    channel: str,
    by: Any,
    at: datetime,
) -> ShareDealing:
    """Open an account for shares in the source's branch and buy the first. Once for each key; refused like `buy_shares`."""
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is not None:
        return _dealing_of(entry.pk)
    branch = source.branch
    account = open_plan(customer=customer, product=product, kind=Product.Kind.SHARES, branch=branch, by=by, at=at)
    return buy_shares(account=account, source=source, shares=shares, key=key, channel=channel, by=by, at=at)


@transactional
def buy_shares(
    *, account: DepositAccount, source: DepositAccount, shares: int, key: str, channel: str, by: Any, at: datetime
) -> ShareDealing:
    """Buy shares at the day's price with money from another account of the same owner.

    Refused: fewer than one, more than a member may hold, fewer in all than one must hold, and like a transfer.
    """
    terms = _terms(account)
    cost = _worth(account, terms, shares)
    taken = money_from(source, account, cost, by=by)
    return _buy(account, terms, shares, taken, key=key, channel=channel, source=source, branch=None, by=by, at=at)


@transactional
def buy_shares_in_cash(
    *,
    account: DepositAccount,
    cash: Account,
    branch: Branch,
    shares: int,
    key: str,
    channel: str = "counter",
    by: Any,
    at: datetime,
) -> ShareDealing:
    """The same for cash that goes into a drawer's ledger account."""
    terms = _terms(account)
    taken = debit(cash, _worth(account, terms, shares))
    return _buy(account, terms, shares, taken, key=key, channel=channel, source=None, branch=branch, by=by, at=at)


@transactional
def redeem_shares(
    *, account: DepositAccount, target: DepositAccount, shares: int, key: str, channel: str, by: Any, at: datetime
) -> ShareDealing:
    """Give shares back at the day's price for money into another account of the same owner.

    Refused: more than are held, keeping fewer than a member must hold without giving all back.
    """
    refuse_payout_to(target, account)
    terms = _terms(account)
    worth = _worth(account, terms, shares)
    _lock(account)
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is None:
        refuse_taking_out(account, by)
    held = reading.held_by(account)
    if entry is None and shares > held:
        raise Refused(f"This account holds {held} shares.", code="shares", field="shares")
    if entry is None and 0 < held - shares < terms.least_shares:
        message = f"Keep at least {terms.least_shares} shares, or give all {held} back."
        raise Refused(message, code="least", field="shares")
    lines = [*_capital(account, worth, -shares), credit(target.ledger_account, worth)]
    return _deal(account, terms, -shares, lines, key=key, channel=channel, other=target, branch=None, by=by, at=at)


def _buy(
    account: DepositAccount,
    terms: ShareTerms,
    shares: int,
    taken: Line,
    *,
    key: str,
    channel: str,
    source: DepositAccount | None,
    branch: Branch | None,
    by: Any,
    at: datetime,
) -> ShareDealing:
    _lock(account)
    held = reading.held_by(account)
    if entry_by_key(scope=scope_of(by), key=key) is None:
        _refuse_out_of_bounds(terms, held + shares)
    lines = [taken, *_capital(account, taken.amount, shares)]
    return _deal(account, terms, shares, lines, key=key, channel=channel, other=source, branch=branch, by=by, at=at)


def _deal(
    account: DepositAccount,
    terms: ShareTerms,
    shares: int,
    lines: list[Line],
    *,
    key: str,
    channel: str,
    other: DepositAccount | None,
    branch: Branch | None,
    by: Any,
    at: datetime,
) -> ShareDealing:
    posted = post_plan(
        kind=EntryKind.DEPOSIT if branch else EntryKind.TRANSFER,
        account=account,
        lines=lines,
        key=key,
        memo=f"{abs(shares)} share{'' if abs(shares) == 1 else 's'} {'bought' if shares > 0 else 'given back'}",
        channel=channel,
        branch=branch,
        others=[other] if other else [],
        by=by,
        at=at,
    )
    if posted.replayed:
        return _dealing_of(posted.entry_id)
    return ShareDealing.objects.create(
        account=account,
        shares=shares,
        price_minor=terms.price_minor,
        dealt_on=posted.business_date,
        entry_id=posted.entry_id,
        at=at,
        by=by,
    )


def _dealing_of(entry_id: Any) -> ShareDealing:
    dealing = ShareDealing.objects.filter(entry=entry_id).select_related("account").first()
    if dealing is None:
        raise Refused("This form was used for something else. Open the page again.", code="key")
    return dealing


def _lock(account: DepositAccount) -> None:
    """Two dealings of one account take turns, so that the bounds are counted with what the other did."""
    DepositAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _terms(account: DepositAccount) -> ShareTerms:
    terms = reading.share_terms(account.product, account.branch.business_date)
    if terms is None:
        raise Refused(f"{account.product.name} has no price today.", code="no_terms")
    return terms


def _worth(account: DepositAccount, terms: ShareTerms, shares: int) -> Money:
    if not 0 < shares <= terms.most_shares:
        raise Refused(f"Between 1 and {terms.most_shares} shares.", code="shares", field="shares")
    return Money(terms.price_minor * shares, account.currency)


def _refuse_out_of_bounds(terms: ShareTerms, wanted: int) -> None:
    if wanted > terms.most_shares:
        raise Refused(f"A member holds at most {terms.most_shares} shares.", code="most", field="shares")
    if wanted < terms.least_shares:
        raise Refused(f"A member holds at least {terms.least_shares} shares.", code="least", field="shares")


def _capital(account: DepositAccount, worth: Money, shares: int) -> list[Line]:
    """The capital's lines: the nominal value in the member's account, what the price has above or below it as premium."""
    nominal = Money(ShareClass.objects.get(product=account.product_id).nominal_minor * abs(shares), account.currency)
    premium = chart.branch_account(account.branch_id, chart.SHARE_PREMIUM)
    over = worth - nominal
    rises, falls = (credit, debit) if shares > 0 else (debit, credit)
    lines = [rises(account.ledger_account, nominal)]
    if over:
        lines.append((rises if over.minor > 0 else falls)(premium, abs(over)))
    return lines
