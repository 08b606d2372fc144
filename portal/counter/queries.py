"""What the teller screen shows: who was found, their accounts, what was done last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from portal.counter.commands import Command
from portal.deposits.models import DepositAccount
from portal.deposits.numbers import is_account_number
from portal.deposits.queries import accounts_visible_to, funds_as_loaded
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import last_movements
from portal.ledger.queries import Funds
from portal.people.models import Customer
from portal.people.queries import find_customers

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Served:
    """One account on the member's card, with its money."""

    account: DepositAccount
    funds: Funds

    @property
    def moves(self) -> bool:
        return self.account.state not in {DepositAccount.State.FROZEN, DepositAccount.State.CLOSED}


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a command means: one member with their accounts, or several to choose from, or nobody."""

    customer: Customer | None = None
    served: list[Served] = field(default_factory=list)
    choices: list[Customer] = field(default_factory=list)


def find(user: Any, command: Command) -> Found:
    """One member by the number of an account or of the member; else those whose name or phone fits."""
    if command.who.isdecimal():
        by_account = is_account_number(command.who)
        served = accounts_by_account(user, command.who) if by_account else accounts_by_number(user, command.who)
        if served:
            return Found(customer=served[0].account.customer, served=served)
    people = search(user, command)
    if people and (len(people) == 1 or people[0].number == command.who):
        return Found(customer=people[0], served=accounts_by_number(user, people[0].number))
    return Found(choices=people)


def search(user: Any, command: Command) -> list[Customer]:
    """The first few members that the words could mean, an exact number before all."""
    return list(find_customers(user, command.who)[:MOST_CHOICES])


def accounts_by_number(user: Any, number: str) -> list[Served]:
    """A member's accounts that are not closed, those that move first; none for a number out of reach."""
    return _served(user, customer__number=number)


def accounts_by_account(user: Any, number: str) -> list[Served]:
    """The same by the number of one of the accounts."""
    return _served(user, customer__deposit_accounts__number=number)


def _served(user: Any, **whose: str) -> list[Served]:
    accounts = accounts_visible_to(user).select_related("customer__branch").filter(**whose)
    live = accounts.exclude(state=DepositAccount.State.CLOSED).order_by("product__code", "number")
    served = [Served(account, funds_as_loaded(account)) for account in live]
    return sorted(served, key=lambda each: not each.moves)


def last_served(session: DrawerSession) -> QuerySet[CashMovement]:
    """The last movements of a session, each with the account's `number` and the member's `holder`, in one query."""
    moved = DepositAccount.objects.filter(ledger_account__postings__entry=OuterRef("entry")).order_by("pk")
    return last_movements(session).annotate(
        number=Subquery(moved.values("number")[:1]), holder=Subquery(moved.values("customer__full_name")[:1])
    )
