"""Reading accounts, their terms and their movements, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product, Terms
from portal.ledger import queries as books
from portal.people.models import Customer

_RELATED = ("customer", "product", "branch", "ledger_account__balance")


def accounts_visible_to(user: Any, capability: Capability = Capability.ACCOUNT_VIEW) -> QuerySet[DepositAccount]:
    """The accounts this user's capability reaches; none for whoever may see none.

    A mobile banker's round is not kept yet, so the scope `round` reaches no account.
    """
    accounts = DepositAccount.objects.select_related(*_RELATED)
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return accounts
    if scope is Scope.BRANCH:
        return accounts.filter(branch_id=user.branch_id)
    if scope is Scope.OWN and user.customer_id is not None:
        return accounts.filter(customer_id=user.customer_id)
    return accounts.none()


def account_for(user: Any, number: str, capability: Capability = Capability.ACCOUNT_VIEW) -> DepositAccount:
    """One account within the user's reach; 404 for every other, whether it exists or not."""
    return get_object_or_404(accounts_visible_to(user, capability), number=number)


def may_listen(user: Any, number: str) -> bool:
    """Whether an open page of this user may be told that the account moved."""
    return accounts_visible_to(user).filter(number=number).exists()


def accounts_of_customer(customer: Customer) -> QuerySet[DepositAccount]:
    """A customer's accounts, closed ones included."""
    return DepositAccount.objects.select_related(*_RELATED).filter(customer=customer)


def account_by_number(number: str) -> DepositAccount | None:
    """Any account by its number, whoever asks: for the name check before money is sent to it."""
    return DepositAccount.objects.select_related(*_RELATED).filter(number=number).first()


def funds_of(account: DepositAccount) -> books.Funds:
    """What the account has now, what of it is held, and what may leave it. Read afresh."""
    return books.funds(account.ledger_account)


def funds_as_loaded(account: DepositAccount) -> books.Funds:
    """The same from the balance that came with the account, for lists: no further query."""
    return books.funds_of(account.ledger_account, account.ledger_account.balance)


def terms_on(product: Product, day: date) -> Terms | None:
    """The terms that hold on a day; None before the product's first."""
    return Terms.objects.filter(product=product, effective_from__lte=day).order_by("-effective_from").first()


def withdrawal_fee(account: DepositAccount, day: date) -> Money:
    """What a withdrawal from this account costs on a day."""
    terms = terms_on(account.product, day)
    return Money(terms.withdrawal_fee_minor if terms else 0, account.currency)


def terms_between(product: Product, start: date, end: date) -> Sequence[Terms]:
    """The terms that hold on any day from `start` to `end`, oldest first."""
    first = terms_on(product, start)
    later = Q(effective_from__gt=start, effective_from__lte=end)
    changes = Terms.objects.filter(later, product=product).order_by("effective_from")
    return [*([first] if first else []), *changes]
