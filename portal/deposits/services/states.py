"""An account's way from state to state, who may move it in which, and what else about it may change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import queries
from portal.deposits.charges import charge_on, price
from portal.deposits.dormancy import moved_by_people
from portal.deposits.models import (
    AccountEdit,
    AccountHolder,
    ChargeKind,
    DepositAccount,
    StateChange,
    TakenCharge,
    Terms,
)
from portal.institution.models import Branch
from portal.ledger.services import set_floor
from portal.ledger.services.days import lock_day
from portal.live.services import announce
from portal.people.models import Customer

State = DepositAccount.State
SHUT = frozenset({State.APPLIED, State.DECLINED, State.FROZEN, State.CLOSED})
"""Shut in the ledger too, so that nothing under way slips through."""

WAYS: dict[str, frozenset[str]] = {
    State.APPLIED: frozenset({State.APPROVED, State.DECLINED}),
    State.APPROVED: frozenset({State.ACTIVE, State.FROZEN, State.CLOSED}),
    State.ACTIVE: frozenset({State.DORMANT, State.BLOCKED, State.FROZEN, State.CLOSED}),
    State.DORMANT: frozenset({State.ACTIVE, State.BLOCKED, State.FROZEN, State.CLOSED}),
    State.BLOCKED: frozenset({State.ACTIVE, State.FROZEN}),
    State.FROZEN: frozenset({State.ACTIVE, State.BLOCKED}),
    State.DECLINED: frozenset(),
    State.CLOSED: frozenset(),
}
"""From which state an account may go to which."""


@transactional
def change_state(
    *, account: DepositAccount, state: str, reason: str, identity_seen: str = "", by: Any, at: datetime
) -> StateChange:
    """Take an account from one state to another, and keep who, when and why; nothing of it is under way any more then.

    Refused: no reason, no change, a way there is none of, closing an account that still holds money, and waking a dormant
    one without saying by what its holder was known.
    """
    account = (
        DepositAccount.objects.select_for_update(of=("self",))
        .select_related("ledger_account", "branch")
        .get(pk=account.pk)
    )
    if state in SHUT:
        # Entries under way are posted before the account is looked at, or find it shut.
        lock_day(account.branch)
    _check_change(account, state, reason, identity_seen)
    change = StateChange.objects.create(
        account=account, before=account.state, after=state, reason=reason, identity_seen=identity_seen, at=at, by=by
    )
    account.state = state
    account.save(update_fields=["state"])
    if account.ledger_account.is_active is (state in SHUT):
        account.ledger_account.is_active = state not in SHUT
        account.ledger_account.save(update_fields=["is_active"])
    announce(f"account:{account.number}")
    return change


@transactional
def activate(*, account: DepositAccount, by: Any, at: datetime) -> None:
    """Make an approved account active with its first movement, and charge for the activation what is set up."""
    locked = DepositAccount.objects.select_for_update().get(pk=account.pk)
    account.state = State.ACTIVE
    if locked.state != State.APPROVED:
        return
    change_state(account=account, state=State.ACTIVE, reason="First movement", by=by, at=at)
    day = account.branch.business_date
    charge = charge_on(account.product, ChargeKind.ACTIVATION, day)
    amount_minor = price(charge, 0) if charge else 0
    if amount_minor:
        TakenCharge.objects.create(
            account=account,
            kind=ChargeKind.ACTIVATION,
            charge=charge,
            used_on=day,
            amount_minor=amount_minor,
            memo=ChargeKind.ACTIVATION.label,
            made_at=at,
        )


@transactional
def edit_account(
    *, account: DepositAccount, mandate: str, overdraft_limit: Money, reason: str, by: Any, at: datetime
) -> AccountEdit:
    """Agree who may move an account and how far it may be overdrawn; what was and what is are kept side by side.

    Refused: no reason, nothing changed, a closed account, another currency, and a limit below what is overdrawn now.
    """
    account = (
        DepositAccount.objects.select_for_update(of=("self",))
        .select_related("ledger_account", "product")
        .get(pk=account.pk)
    )
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if account.state in {State.CLOSED, State.DECLINED} or overdraft_limit.currency != account.currency:
        raise Refused(f"Account …{account.last_four} cannot be changed so.", code="state")
    before = {"mandate": account.mandate, "overdraft_limit_minor": overdraft_limit_of(account).minor}
    after = {"mandate": mandate, "overdraft_limit_minor": overdraft_limit.minor}
    if before == after:
        raise Refused("Nothing was changed. Change something, or cancel.", code="same")
    if queries.funds_of(account).booked.minor < -overdraft_limit.minor:
        raise Refused("The account is overdrawn further than that.", code="overdrawn", field="overdraft_limit")
    account.mandate = mandate
    account.save(update_fields=["mandate"])
    if before["overdraft_limit_minor"] != after["overdraft_limit_minor"]:
        floor = -overdraft_limit if overdraft_limit else _minimum_of(account)
        set_floor(account=account.ledger_account, floor=floor, why=reason, by=by, at=at)
    announce(f"account:{account.number}")
    return AccountEdit.objects.create(account=account, before=before, after=after, reason=reason.strip(), at=at, by=by)


def overdraft_limit_of(account: DepositAccount) -> Money:
    """How far an account may be overdrawn; an agreed overdraft stands in the place of the minimum balance."""
    return Money(max(-(account.ledger_account.floor_minor or 0), 0), account.currency)


def _minimum_of(account: DepositAccount) -> Money:
    terms = queries.terms_on(account.product, account.branch.business_date)
    return Money(terms.minimum_balance_minor if terms else 0, account.currency)


@transactional
def add_holder(*, account: DepositAccount, customer: Customer, reason: str, by: Any, at: datetime) -> AccountHolder:
    """Make somebody a further holder from today on. Refused: who is one already, who left, a closed account, no reason."""
    account = DepositAccount.objects.select_for_update(of=("self",)).select_related("branch").get(pk=account.pk)
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if account.state in {State.CLOSED, State.DECLINED}:
        raise Refused(f"Account …{account.last_four} is closed.", code="state")
    if customer.state == Customer.State.CLOSED:
        raise Refused(f"{customer.full_name} is no longer a member.", code="customer", field="customer")
    held = account.customer_id == customer.pk or account.holders.filter(customer=customer, until=None).exists()
    if held:
        raise Refused(f"{customer.full_name} is a holder already.", code="holder", field="customer")
    holder = AccountHolder.objects.create(account=account, customer=customer, since=account.branch.business_date)
    _note_holders(account, reason, customer.full_name, added=True, by=by, at=at)
    return holder


@transactional
def end_holder(*, holder: AccountHolder, reason: str, by: Any, at: datetime) -> AccountHolder:
    """Let a further holder go from today on. Refused: no reason, and one that was let go before."""
    locked = (
        AccountHolder.objects.select_for_update(of=("self",))
        .select_related("account__branch", "customer")
        .get(pk=holder.pk)
    )
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if locked.until is not None:
        raise Refused("This person is no holder any more.", code="ended")
    locked.until = locked.account.branch.business_date
    locked.save(update_fields=["until"])
    _note_holders(locked.account, reason, locked.customer.full_name, added=False, by=by, at=at)
    return locked


def _note_holders(account: DepositAccount, reason: str, name: str, *, added: bool, by: Any, at: datetime) -> None:
    before, after = ({}, {"holder": name}) if added else ({"holder": name}, {})
    AccountEdit.objects.create(account=account, before=before, after=after, reason=reason.strip(), at=at, by=by)
    announce(f"account:{account.number}")


def mark_dormant(*, branch: Branch, at: datetime, most: int = 500) -> int:
    """Make accounts dormant that their owners have not moved for as long as the terms say; how many. A bounded number.

    Interest, fees and whatever the institution itself books do not count as movement. Called again it finds no more.
    """
    made = 0
    for product, days in _dormancy(branch.business_date):
        since = branch.business_date - timedelta(days=days)
        moved = moved_by_people().filter(account=OuterRef("ledger_account"), business_date__gt=since)
        woken = StateChange.objects.filter(account=OuterRef("pk"), at__gt=at - timedelta(days=days))
        quiet = DepositAccount.objects.filter(
            ~Exists(moved), ~Exists(woken), branch=branch, product=product, state=State.ACTIVE, opened_on__lte=since
        )
        for account in quiet.order_by("pk")[: most - made]:
            reason = f"Not moved for {days} days"
            change_state(account=account, state=State.DORMANT, reason=reason, by=None, at=at)
            made += 1
    return made


def _dormancy(day: date) -> Sequence[tuple[int, int]]:
    """Each product whose terms make accounts dormant, and after how many days."""
    held: dict[int, int] = {}
    for terms in Terms.objects.filter(effective_from__lte=day).order_by("effective_from"):
        held[terms.product_id] = terms.dormancy_days
    return [(product, days) for product, days in held.items() if days]


def _check_change(account: DepositAccount, state: str, reason: str, identity_seen: str) -> None:
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    word = account.get_state_display().lower()
    if account.state == state or not WAYS[account.state]:
        raise Refused(f"The account is {word} already.", code="state", field="state")
    if state not in WAYS[account.state]:
        raise Refused(
            f"An account that is {word} cannot become {State(state).label.lower()}.", code="way", field="state"
        )
    if account.state == State.DORMANT and state == State.ACTIVE and not identity_seen.strip():
        raise Refused("Say by what the holder was known.", code="identity", field="identity_seen")
    if state == State.CLOSED and queries.funds_of(account).booked:
        raise Refused("Only an empty account can be closed.", code="not_empty", field="state")
