"""Reading plans: susu cards, shares, contributions and fixed deposits beside each other, and what is offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.base.money import Money
from portal.deposits import contributions, fixed, shares, susu
from portal.deposits.models import DepositAccount, Product
from portal.deposits.queries import account_for, accounts_visible_to, funds_as_loaded

KINDS = (Product.Kind.SUSU, Product.Kind.CONTRIBUTION, Product.Kind.SHARES, Product.Kind.FIXED)
EVERYDAY = (Product.Kind.SAVINGS, Product.Kind.CURRENT)
TAKE_MONEY = (DepositAccount.State.ACTIVE, DepositAccount.State.DORMANT)


def plans_visible_to(user: Any) -> list[DepositAccount]:
    """A user's plans, closed ones left out."""
    found = accounts_visible_to(user).filter(product__kind__in=KINDS)
    return list(found.exclude(state=DepositAccount.State.CLOSED).order_by("product__kind", "number"))


def plan_for(user: Any, number: str, capability: Capability = Capability.ACCOUNT_VIEW) -> DepositAccount:
    """A plan's account within the user's reach; 404 for every other, and for an everyday account."""
    account = account_for(user, number, capability)
    if account.product.kind not in KINDS:
        raise Http404("no plan")
    return account


def everyday_accounts(user: Any, currency: str) -> list[DepositAccount]:
    """The accounts of one's own that plans are paid from and to."""
    own = accounts_visible_to(user, Capability.PLAN_MANAGE)
    found = own.filter(product__kind__in=EVERYDAY, product__currency=currency, state__in=TAKE_MONEY)
    return list(found.order_by("number"))


def offered() -> list[Product]:
    """The plans that may be started, by kind."""
    found = Product.objects.filter(kind__in=KINDS, state=Product.State.OFFERED)
    return sorted(found, key=lambda product: (KINDS.index(Product.Kind(product.kind)), product.code))


def offered_product(code: str) -> Product:
    """A plan on offer by its code; 404 for every other product."""
    return get_object_or_404(Product, code=code, kind__in=KINDS, state=Product.State.OFFERED)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as a line of a list: what is in it, and where it stands, in words."""

    account: DepositAccount
    balance: Money
    words: str


def rows(accounts: Iterable[DepositAccount]) -> list[PlanRow]:
    return [PlanRow(account, funds_as_loaded(account).booked, _words(account)) for account in accounts]


def _words(account: DepositAccount) -> str:
    day = account.branch.business_date
    words = {
        Product.Kind.SUSU: _susu_words,
        Product.Kind.SHARES: _share_words,
        Product.Kind.CONTRIBUTION: _contribution_words,
        Product.Kind.FIXED: _fixed_words,
    }
    return words[Product.Kind(account.product.kind)](account, day)


def _susu_words(account: DepositAccount, day: date) -> str:
    plan = susu.plan_of(account)
    cards = list(plan.cards.all()) if plan else []
    if plan is None or not cards:
        return "No day paid yet"
    return f"Card {cards[-1].number}: {cards[-1].filled} of {cards[-1].boxes} days"


def _share_words(account: DepositAccount, day: date) -> str:
    held = shares.held_by(account)
    return f"{held} share{'' if held == 1 else 's'}"


def _contribution_words(account: DepositAccount, day: date) -> str:
    plan = contributions.plan_of(account)
    if plan is None:
        return ""
    missed = len(contributions.progress(plan, day).missed)
    late = f", {missed} month{'' if missed == 1 else 's'} late" if missed else ""
    return f"{plan.monthly} a month{late}"


def _fixed_words(account: DepositAccount, day: date) -> str:
    term = fixed.running_term(account)
    return f"Matures on {term.matures_on:%d %B %Y}" if term else "Has ended"
