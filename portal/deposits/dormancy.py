"""Reading which accounts sleep: since when, and when their owners last moved them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from portal.access.capabilities import Capability
from portal.base.money import Money
from portal.deposits.models import DepositAccount, StateChange
from portal.deposits.queries import accounts_visible_to
from portal.ledger.models import Posting

_DORMANT = DepositAccount.State.DORMANT


def moved_by_people() -> QuerySet[Posting]:
    """Movements that count as a sign of life: all but what the institution itself books, like interest and fees."""
    return Posting.objects.exclude(entry__channel="system")


def dormant_accounts(user: Any) -> QuerySet[DepositAccount]:
    """The dormant accounts within a user's reach, each with `dormant_since` and `last_moved`; the longest quiet first."""
    moved = moved_by_people().filter(account=OuterRef("ledger_account")).order_by("-business_date")
    slept = StateChange.objects.filter(account=OuterRef("pk"), after=_DORMANT).order_by("-at", "-pk")
    reach = accounts_visible_to(user, Capability.DORMANT_VIEW).filter(state=_DORMANT)
    return reach.annotate(
        last_moved=Subquery(moved.values("business_date")[:1]), dormant_since=Subquery(slept.values("at")[:1])
    ).order_by("last_moved", "number")


@dataclass(frozen=True, slots=True)
class HeldInAll:
    """How many accounts there are of one currency, and what lies in them together."""

    accounts: int
    total: Money


def held_in_all(accounts: QuerySet[DepositAccount]) -> list[HeldInAll]:
    """What lies in these accounts together, currency by currency: what is of two currencies has no sum."""
    found = (
        accounts.order_by()
        .values("product__currency")
        .annotate(number_of=Count("pk"), total=Sum("ledger_account__balance__balance_minor"))
        .order_by("product__currency")
        .values_list("product__currency", "number_of", "total")
    )
    return [HeldInAll(count, Money(int(total or 0), currency)) for currency, count, total in found]
