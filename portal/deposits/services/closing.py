"""Closing an account: its interest to the last day, what it owes, where the rest goes, and the row that says all that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import limits, queries
from portal.deposits.charges import INCOME
from portal.deposits.models import AccountClosure, ChargeKind, DepositAccount, Product, TakenCharge
from portal.deposits.services.charging import fee_lines
from portal.deposits.services.interest import apply_interest
from portal.deposits.services.judged import post_judged
from portal.deposits.services.states import change_state
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind, Hold
from portal.ledger.services import Line, NewEntry, Posted, credit, debit, post, set_floor
from portal.ledger.services.days import lock_day
from portal.live.services import announce

State = DepositAccount.State
Payout = AccountClosure.Payout
EVERYDAY = frozenset({Product.Kind.SAVINGS, Product.Kind.CURRENT})
CLOSABLE = frozenset({State.APPROVED, State.ACTIVE, State.DORMANT})


@transactional
def close_account(
    *,
    account: DepositAccount,
    reason: str,
    target: DepositAccount | None = None,
    cash: Account | None = None,
    branch: Branch | None = None,
    key: str,
    asked_by: Any,
    approved_by: Any = None,
    at: datetime,
) -> AccountClosure:
    """Close an account for good: post its interest up to yesterday, take what it owes, pay the rest out, shut it.

    The rest goes to `target`, another account of a holder, or out of `cash` (a drawer's ledger account, whose `branch` dates
    the payout). Money on its way into the account is posted before, or refused after. Refused: no reason, an account that
    is frozen, blocked or closed, one that is overdrawn, holds promised money or owes more than it holds, a rest without a
    place to go, and without `approved_by` a balance beyond what one person closes.
    """
    account = (
        DepositAccount.objects.select_for_update(of=("self",))
        .select_related("ledger_account", "branch", "product", "customer")
        .get(pk=account.pk)
    )
    refuse_closing(account, reason, target)
    if approved_by is None and needs_second_person(account, by=asked_by):
        raise Refused("A balance as large as this takes a second person to close. Ask for it.", code="second_person")
    lock_day(account.branch)
    interest_minor = _last_interest(account, by=asked_by, at=at)
    nothing = Money.zero(account.currency)
    set_floor(account=account.ledger_account, floor=nothing, why=f"Closing: {reason}", by=asked_by, at=at)
    _take_due(account, by=asked_by, at=at)
    fee_minor = _early_fee(account, key, by=asked_by, at=at)
    rest = queries.funds_of(account).booked
    posted = _pay_out(account, rest, target, cash, branch or account.branch, key, by=asked_by, at=at)
    payout = (Payout.TRANSFER if target else Payout.CASH) if posted else Payout.NONE
    change_state(account=account, state=State.CLOSED, reason=reason, by=asked_by, at=at)
    return AccountClosure.objects.create(
        account=account,
        last_balance_minor=rest.minor,
        interest_minor=interest_minor,
        fee_minor=fee_minor,
        payout=payout,
        payout_account=target if posted else None,
        payout_entry_id=posted.entry_id if posted else None,
        reason=reason.strip(),
        asked_by=asked_by,
        approved_by=approved_by,
        at=at,
    )


def needs_second_person(account: DepositAccount, *, by: Any) -> bool:
    """Whether the balance is beyond what whoever asks may close alone."""
    role = by.role if by is not None else ""
    return queries.funds_of(account).booked > limits.closes_alone_up_to(account, role)


def refuse_closing(account: DepositAccount, reason: str, target: DepositAccount | None) -> None:
    """Refuse what cannot be closed as things are: also asked before a second person is."""
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if account.state not in CLOSABLE:
        word = account.get_state_display().lower()
        raise Refused(f"Account …{account.last_four} is {word}: it cannot be closed.", code="state")
    if target is not None:
        _refuse_target(account, target)
    funds = queries.funds_of(account)
    if funds.booked.minor < 0:
        raise Refused(f"The account is overdrawn by {-funds.booked}.", code="overdrawn")
    if Hold.objects.filter(account=account.ledger_account, remaining_minor__gt=0).exists():
        raise Refused(f"{funds.held} of the account is promised. Release or use it first.", code="held")


def refuse_wish(account: DepositAccount, reason: str, target: DepositAccount | None, *, by: Any) -> None:
    """Refuse a member's wish that cannot come true: also a plan, which ends on its own page, an account of which the member
    is a further holder only or that all its holders move together, and a rest without a place to go.
    """
    refuse_closing(account, reason, target)
    if account.product.kind not in EVERYDAY:
        raise Refused("A plan ends on its own page, or at the branch.", code="plan")
    if account.customer_id != by.customer_id or account.mandate == DepositAccount.Mandate.ALL:
        raise Refused("This account has more than one holder: close it at the branch, together.", code="all_holders")
    rest = queries.funds_of(account).booked
    if rest and target is None:
        message = f"Choose the account that takes the remaining {rest}, or close this one at the branch, for cash."
        raise Refused(message, code="payout", field="target")


def _refuse_target(account: DepositAccount, target: DepositAccount) -> None:
    own = {account.customer_id, *account.holders.filter(until=None).values_list("customer_id", flat=True)}
    if target.pk == account.pk or target.customer_id not in own:
        raise Refused("Choose another account of a holder.", code="another_owner", field="target")
    if target.state not in {State.ACTIVE, State.APPROVED} or target.currency != account.currency:
        raise Refused(f"Account …{target.last_four} cannot take the rest.", code="target", field="target")


def _last_interest(account: DepositAccount, *, by: Any, at: datetime) -> int:
    yesterday = account.branch.business_date - timedelta(days=1)
    if yesterday < account.opened_on:
        return 0
    try:
        # An account that earns none is closed as well: that refusal undoes nothing but itself.
        with transaction.atomic():
            posted = apply_interest(account=account, through=yesterday, reason="closing", by=by, at=at)
    except Refused as refusal:
        if refusal.code != "nothing":
            raise
        return 0
    return posted.amount_minor - posted.tax_minor


def _take_due(account: DepositAccount, *, by: Any, at: datetime) -> None:
    """Take what is still owed. Refused when the account does not hold as much."""
    due = TakenCharge.objects.select_for_update().filter(account=account, state=TakenCharge.State.DUE).order_by("pk")
    owed = Money(sum(each.amount_minor for each in due), account.currency)
    if owed > queries.funds_of(account).booked:
        raise Refused(f"The account owes {owed}, more than it holds. Waive it or let it be paid in.", code="owes")
    for each in due:
        income = chart.branch_account(account.branch_id, INCOME.get(ChargeKind(each.kind), chart.FEE_INCOME))
        amount = Money(each.amount_minor, account.currency)
        lines = [debit(account.ledger_account, amount), credit(income, amount)]
        posted = _post(account, EntryKind.FEE, lines, f"charge:{each.pk}", each.memo, by=by, at=at)
        each.state, each.entry_id = TakenCharge.State.TAKEN, posted.entry_id
        each.save(update_fields=["state", "entry"])


def _early_fee(account: DepositAccount, key: str, *, by: Any, at: datetime) -> int:
    """The terms' fee for closing soon after opening, at most what is left."""
    terms = queries.terms_on(account.product, account.branch.business_date)
    age = (account.branch.business_date - account.opened_on).days
    if terms is None or age >= terms.early_closure_days:
        return 0
    minor = min(terms.early_closure_fee_minor, queries.funds_of(account).booked.minor)
    if minor:
        lines = fee_lines(account, Money(minor, account.currency))
        _post(account, EntryKind.FEE, lines, f"{key}:fee", "Early closure", by=by, at=at)
    return minor


def _pay_out(
    account: DepositAccount,
    rest: Money,
    target: DepositAccount | None,
    cash: Account | None,
    branch: Branch,
    key: str,
    *,
    by: Any,
    at: datetime,
) -> Posted | None:
    if not rest:
        return None
    into = target.ledger_account if target else cash
    if into is None:
        raise Refused(f"Say where the remaining {rest} goes.", code="payout", field="target")
    kind = EntryKind.TRANSFER if target else EntryKind.WITHDRAWAL
    lines = [debit(account.ledger_account, rest), credit(into, rest)]
    memo = f"Closing of account …{account.last_four}"
    entry = NewEntry(kind=kind, branch=branch, lines=lines, key=key, memo=memo)
    posted = post_judged(entry, account=account, amount=rest, target=target, by=by, at=at)
    if target:
        announce(f"account:{target.number}")
    return posted


def _post(
    account: DepositAccount, kind: EntryKind, lines: list[Line], key: str, memo: str, *, by: Any, at: datetime
) -> Posted:
    return post(NewEntry(kind=kind, branch=account.branch, lines=lines, key=key, memo=memo), by=by, at=at)
