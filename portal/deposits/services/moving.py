"""Moving money in and out of accounts. Each movement is one entry through the ledger's one door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import queries
from portal.deposits.charges import cost_of, transfer_cost
from portal.deposits.models import ChargeKind, DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.charging import fee_lines, keep_cost
from portal.deposits.services.judged import post_judged
from portal.deposits.services.limits import refuse_beyond_limits
from portal.deposits.services.states import SHUT, activate
from portal.institution.models import Branch
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Account, EntryKind
from portal.ledger.queries import scope_of
from portal.ledger.services import NewEntry, Posted, credit, debit, post
from portal.live.services import announce

IMMOBILE = SHUT
GIVES_NOTHING = {
    DepositAccount.State.DORMANT: "Wake it up at the branch first.",
    DepositAccount.State.BLOCKED: "Ask at the branch why.",
}
"""Accounts that take money and give none, and what their owner may do about it."""


class NotMoving(Refused):
    """The account is not open yet, blocked, frozen, closed or dormant."""

    code = "not_moving"


@transactional
def receive_cash(
    *,
    account: DepositAccount,
    amount: Money,
    cash: Account,
    branch: Branch,
    key: str,
    memo: str = "",
    channel: str = "counter",
    by: Any,
    at: datetime,
) -> Posted:
    """Pay cash in: the ledger account it lies in (a drawer's) up, the member's account up.

    Refused: an account that does not move, another currency, no amount, a first deposit below the least, and what the
    ledger refuses.
    """
    _may_move(account)
    _refuse_small_opening(account, fits(amount, account))
    lines = [debit(cash, amount), credit(account.ledger_account, amount)]
    entry = NewEntry(kind=EntryKind.DEPOSIT, branch=branch, lines=lines, key=key, memo=memo, channel=channel)
    judged = post_judged(entry, account=account, amount=amount, is_incoming=True, by=by, at=at)
    posted = moved(judged, account)
    _first_movement(account, by=by, at=at)
    return posted


@transactional
def pay_cash(
    *,
    account: DepositAccount,
    amount: Money,
    cash: Account,
    branch: Branch,
    key: str,
    memo: str = "",
    channel: str = "counter",
    by: Any,
    at: datetime,
) -> Posted:
    """Pay cash out, and take what a withdrawal costs with further lines of the same entry.

    Refused like `receive_cash`, for a blocked or dormant account, and with the most that could be paid out when the account
    does not cover both.
    """
    _may_move(account)
    refuse_giving(account)
    refuse_beyond_limits(
        account=account, target=None, amount=fits(amount, account), channel=channel, key=key, by=by, at=at
    )
    cost = cost_of(
        account, ChargeKind.WITHDRAWAL, branch.business_date, fits(amount, account), again=(scope_of(by), key)
    )
    most = queries.funds_of(account).available - cost.amount
    lines = [debit(account.ledger_account, amount), credit(cash, amount), *fee_lines(account, cost.amount)]
    entry = NewEntry(kind=EntryKind.WITHDRAWAL, branch=branch, lines=lines, key=key, memo=memo, channel=channel)
    try:
        posted = moved(post_judged(entry, account=account, amount=amount, by=by, at=at), account)
    except InsufficientFunds as refusal:
        raise short(refusal, most, cost.amount) from refusal
    if not posted.replayed:
        keep_cost(account, ChargeKind.WITHDRAWAL, cost, branch.business_date, entry_id=posted.entry_id, at=at)
    return posted


@transactional
def transfer(
    *,
    source: DepositAccount,
    target: DepositAccount,
    amount: Money,
    key: str,
    memo: str = "",
    channel: str = "online",
    is_approved: bool = False,
    is_proved: bool | None = None,
    by: Any,
    at: datetime,
) -> Posted:
    """Move money from one account to another, and take what a transfer costs; the branch of the source dates it.

    Refused: the same account, an account that does not move, a blocked or dormant source, one holder of an account that all
    move together, another currency, no amount, too little money (saying how much there is), and what is beyond a limit
    unless a second person gave leave (`is_approved`). Where the gate wants a fresh proof, `is_proved` says whether there is
    one (`ProofWanted` if not), None that nobody could be asked; what it holds for a review (`UnderReview`) posts later.
    """
    if source.pk == target.pk:
        raise Refused("Choose two different accounts.", code="same_account", field="to")
    _may_move(source)
    _may_move(target, field="to")
    refuse_giving(source)
    refuse_one_of_all(source, by)
    amount = fits(amount, source)
    _refuse_small_opening(target, amount)
    refuse_beyond_limits(
        account=source, target=target, amount=amount, channel=channel, key=key, is_approved=is_approved, by=by, at=at
    )
    cost = transfer_cost(source, target, amount, (scope_of(by), key))
    lines = [debit(source.ledger_account, amount), credit(target.ledger_account, fits(amount, target))]
    lines += fee_lines(source, cost.amount)
    entry = NewEntry(kind=EntryKind.TRANSFER, branch=source.branch, lines=lines, key=key, memo=memo, channel=channel)
    try:
        judged = post_judged(
            entry,
            account=source,
            amount=amount,
            target=target,
            is_proved=is_proved,
            payload=_as_asked(source, target, amount, memo, channel, is_approved=is_approved),
            by=by,
            at=at,
        )
        posted = moved(judged, source, target)
    except InsufficientFunds as refusal:
        most = queries.funds_of(source).available - cost.amount if cost.amount else None
        raise short(refusal, most or Money(refusal.available_minor, amount.currency), cost.amount) from refusal
    if not posted.replayed:
        keep_cost(source, ChargeKind.TRANSFER, cost, posted.business_date, entry_id=posted.entry_id, at=at)
    _first_movement(target, by=by, at=at)
    return posted


@transactional
def charge_fee(
    *, account: DepositAccount, amount: Money, reason: str, key: str, by: Any, at: datetime, channel: str = "branch"
) -> Posted:
    """Take a fee from an account into its branch's fee income. Refused like `transfer`; without a reason too."""
    if not reason.strip():
        raise Refused("Say what the fee is for.", code="reason", field="reason")
    _may_move(account)
    lines = fee_lines(account, fits(amount, account))
    entry = NewEntry(kind=EntryKind.FEE, branch=account.branch, lines=lines, key=key, memo=reason, channel=channel)
    try:
        return moved(post(entry, by=by, at=at), account)
    except InsufficientFunds as refusal:
        raise short(refusal, Money(refusal.available_minor, amount.currency)) from refusal


def _may_move(account: DepositAccount, *, field: str | None = None) -> None:
    refuse_immobile(account, field=field)
    if account.product.kind in BY_OWN_RULES:
        word = account.product.get_kind_display().lower()
        message = f"Account …{account.last_four} moves by the rules of {word} only. Nothing was posted."
        raise NotMoving(message, code="own_rules", field=field)


def refuse_immobile(account: DepositAccount, *, field: str | None = None) -> None:
    """Refuse an account that is shut: not open yet, declined, frozen or closed."""
    if account.state in IMMOBILE:
        word = account.get_state_display().lower()
        raise NotMoving(f"Account …{account.last_four} is {word}. Nothing was posted.", field=field)


def refuse_giving(account: DepositAccount) -> None:
    """Refuse to take money out of an account that only takes it in."""
    if account.state in GIVES_NOTHING:
        word, way = account.get_state_display().lower(), GIVES_NOTHING[DepositAccount.State(account.state)]
        raise NotMoving(f"This account is {word}. {way} Nothing was posted.")


def refuse_one_of_all(account: DepositAccount, by: Any) -> None:
    """Refuse one holder's own word about an account that all its holders move together."""
    if account.mandate == DepositAccount.Mandate.ALL and by is not None and by.customer_id is not None:
        message = "All holders move this account together: sign at the branch. Nothing was posted."
        raise NotMoving(message, code="all_holders")


def _refuse_small_opening(account: DepositAccount, amount: Money) -> None:
    """The first money into an account that was just approved is at least what its terms say."""
    if account.state != DepositAccount.State.APPROVED:
        return
    terms = queries.terms_on(account.product, account.branch.business_date)
    least = Money(terms.opening_minimum_minor if terms else 0, account.currency)
    if amount < least:
        message = f"The first deposit into account …{account.last_four} is at least {least}. Nothing was posted."
        raise Refused(message, code="opening_minimum", field="amount")


def _as_asked(
    source: DepositAccount, target: DepositAccount, amount: Money, memo: str, channel: str, *, is_approved: bool
) -> dict[str, Any]:
    """A transfer in plain values: what the gate keeps of one that waits for a review."""
    return {
        "source": source.pk,
        "target": target.pk,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "memo": memo,
        "channel": channel,
        "is_approved": int(is_approved),
    }


def _first_movement(account: DepositAccount, *, by: Any, at: datetime) -> None:
    if account.state == DepositAccount.State.APPROVED:
        activate(account=account, by=by, at=at)


def fits(amount: Money, account: DepositAccount) -> Money:
    """The amount, if it is one that this account could move."""
    if amount.currency != account.currency:
        message = f"Account …{account.last_four} is kept in {account.currency}. Nothing was posted."
        raise Refused(message, code="currency", field="amount")
    if amount.minor <= 0:
        raise Refused("The amount must be more than 0.", code="zero", field="amount")
    return amount


def short(refusal: InsufficientFunds, most: Money, fee: Money | None = None) -> InsufficientFunds:
    """The ledger's refusal with what would be possible, said in words; it keeps the ledger's figures."""
    most = max(most, Money.zero(most.currency))
    beside = f" beside the fee of {fee}" if fee else ""
    told = InsufficientFunds(f"The account gives at most {most}{beside}. Nothing was posted.", field="amount")
    told.available_minor, told.account_id = most.minor, refusal.account_id
    return told


def moved(posted: Posted, *accounts: DepositAccount) -> Posted:
    """Tell the pages that show these accounts, after commit."""
    if not posted.replayed:
        for account in accounts:
            announce(f"account:{account.number}")
    return posted
