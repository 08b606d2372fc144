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
class Found:
    """Who a command means: one member (and the account, if that was named), or several to choose from, or nobody."""

    customer: Customer | None = None
    account: DepositAccount | None = None
    choices: list[Customer] = field(default_factory=list)

    @property
    def all(self) -> list[Customer]:
        """Everybody it could mean."""
        return [self.customer] if self.customer else self.choices


@dataclass(frozen=True, slots=True)
class Served:
    """One account on the member's card, with its money."""

    account: DepositAccount
    funds: Funds

    @property
    def moves(self) -> bool:
        return self.account.state not in {DepositAccount.State.FROZEN, DepositAccount.State.CLOSED}


def find(user: Any, command: Command) -> Found:
    """Look for an account number first, then for members by number, name or phone; an exact number decides."""
    if is_account_number(command.who):
        account = accounts_visible_to(user).select_related("customer__branch").filter(number=command.who).first()
        if account is not None:
            return Found(customer=account.customer, account=account)
    people = list(find_customers(user, command.who)[: MOST_CHOICES + 1])
    if people and (len(people) == 1 or people[0].number == command.who):
        return Found(customer=people[0])
    return Found(choices=people[:MOST_CHOICES])


def accounts_on_card(user: Any, customer: Customer) -> list[Served]:
    """A member's accounts that are not closed, those that move first, savings before others."""
    return accounts_of_number(user, customer.number)


def accounts_of_number(user: Any, number: str) -> list[Served]:
    """The same by the member's number; none for a number that is nobody's or out of reach."""
    accounts = accounts_visible_to(user).select_related("customer__branch").filter(customer__number=number)
    live = accounts.exclude(state=DepositAccount.State.CLOSED).order_by("product__code", "number")
    served = [Served(account, funds_as_loaded(account)) for account in live]
    return sorted(served, key=lambda each: not each.moves)


def last_served(session: DrawerSession) -> QuerySet[CashMovement]:
    """The last movements of a session, each with the account's `number` and the member's `holder`, in one query."""
    moved = DepositAccount.objects.filter(ledger_account__postings__entry=OuterRef("entry")).order_by("pk")
    return last_movements(session).annotate(
        number=Subquery(moved.values("number")[:1]), holder=Subquery(moved.values("customer__full_name")[:1])
    )
