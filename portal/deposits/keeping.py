"""Reading what is agreed about an account, who holds it, and all that became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from portal.access.capabilities import Capability
from portal.base.money import Money
from portal.deposits import charges, offers, queries
from portal.deposits.interest import tax_of
from portal.deposits.models import AccountApplication, AccountHolder, DepositAccount, Product
from portal.people.models import Customer

_LABELS = {"mandate": "Who may move it", "overdraft_limit_minor": "Overdraft limit", "holder": "Holder"}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that became of an account: when, what, why, and by whom."""

    at: datetime
    what: str
    reason: str
    by: Any


def facts_of(account: DepositAccount) -> list[tuple[str, Any]]:
    """What holds for an account today, in words."""
    terms = queries.terms_on(account.product, account.branch.business_date)
    closure = getattr(account, "closure", None)
    facts: list[tuple[str, Any]] = [
        ("Product", account.product.name),
        ("Who may move it", account.get_mandate_display()),
    ]
    if terms:
        told = offers.told_terms(terms)
        facts += [
            (label, told[label])
            for label in ("Interest a year", "Steps", "Interest is posted")
            if account.product.moves_freely and told[label] != "None"
        ]
        if account.state in {DepositAccount.State.APPLIED, DepositAccount.State.APPROVED}:
            facts.append(("Smallest first deposit", Money(terms.opening_minimum_minor, account.currency)))
    floor = account.ledger_account.floor_minor or 0
    if floor > 0:
        facts.append(("Minimum balance", Money(floor, account.currency)))
    if floor < 0:
        facts.append(("Overdraft limit", Money(-floor, account.currency)))
    if closure:
        facts.append(("Last balance", Money(closure.last_balance_minor, account.currency)))
    return facts


def left_at_closing(account: DepositAccount) -> Money:
    """What closing an account today would pay out: its balance, its interest to yesterday less tax, less what it owes."""
    day = account.branch.business_date
    terms = queries.terms_on(account.product, day)
    left = queries.funds_of(account).booked - charges.due_total(account)
    if terms is None:
        return left
    if account.opened_on < day:
        earned = queries.pending_interest(account, day - timedelta(days=1))
        left += earned - Money(tax_of(earned.minor, terms.withholding_tax_bps), account.currency)
    if (day - account.opened_on).days < terms.early_closure_days:
        left -= Money(min(terms.early_closure_fee_minor, max(left.minor, 0)), account.currency)
    return left


def holders_of(account: DepositAccount) -> QuerySet[AccountHolder]:
    """The further holders of an account, those who were included."""
    return account.holders.select_related("customer").order_by("since", "pk")


def history_of(account: DepositAccount) -> list[Happening]:
    """All that became of an account, newest first: states, agreements, holders."""
    found = [
        Happening(
            change.at,
            f"{change.get_before_display()} → {change.get_after_display()}",
            f"{change.reason}. Known by {change.identity_seen}" if change.identity_seen else change.reason,
            change.by,
        )
        for change in account.state_changes.select_related("by")
    ]
    found += [
        Happening(edit.at, _told(edit.before, edit.after, account.currency), edit.reason, edit.by)
        for edit in account.edits.select_related("by")
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)


def payout_targets(account: DepositAccount) -> list[DepositAccount]:
    """Where the rest of an account may go: the other accounts of its customer that take money. What the customer only
    holds together with somebody else is that person's: closing refuses it.
    """
    own = queries.accounts_of_customer(account.customer).filter(customer=account.customer_id)
    states = (DepositAccount.State.ACTIVE, DepositAccount.State.APPROVED)
    everyday = (Product.Kind.SAVINGS, Product.Kind.CURRENT)
    return list(
        own.filter(state__in=states, product__kind__in=everyday, product__currency=account.currency).exclude(
            pk=account.pk
        )
    )


def offered_products() -> QuerySet[Product]:
    """Everyday products that a new account may be opened in."""
    everyday = (Product.Kind.SAVINGS, Product.Kind.CURRENT)
    return Product.objects.filter(state=Product.State.OFFERED, kind__in=everyday, terms__isnull=False).distinct()


def applications_for(user: Any) -> QuerySet[AccountApplication]:
    """The accounts that were asked for and wait for somebody like this user, the oldest first."""
    reach = queries.accounts_visible_to(user, Capability.ACCOUNT_APPROVE).filter(state=DepositAccount.State.APPLIED)
    waiting = AccountApplication.objects.filter(account__in=reach, is_accepted=None)
    return waiting.select_related("account__product", "account__customer", "account__branch", "asked_by")


def customer_of(user: Any) -> Customer | None:
    """The customer a user signs in as."""
    return Customer.objects.select_related("branch").filter(pk=user.customer_id).first()


def _told(before: dict[str, Any], after: dict[str, Any], currency: str) -> str:
    """A change in words: each thing with what it was and what it is."""
    parts = [
        f"{_LABELS[name]}: {_worded(name, before.get(name), currency)} → {_worded(name, after.get(name), currency)}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return "; ".join(parts)


def _worded(name: str, value: Any, currency: str) -> str:
    if value is None:
        return "–"
    if name == "overdraft_limit_minor":
        return str(Money(value, currency))
    return str(DepositAccount.Mandate(value).label) if name == "mandate" else str(value)
