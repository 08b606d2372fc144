"""Up to which amount somebody acts alone: the ceiling of the role for one act, the person's own limit for a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from portal.access.capabilities import DESCRIPTIONS, Capability
from portal.access.roles import Role
from portal.approvals.models import Ceiling, UserLimit
from portal.base.errors import Refused
from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.ledger.chart import DRAWERS
from portal.ledger.models import EntryKind, Posting, Side

MOVED_BY = {
    Capability.CASH_RECEIVE: ((EntryKind.DEPOSIT, EntryKind.REPAYMENT), Side.DEBIT),
    Capability.CASH_PAY: ((EntryKind.WITHDRAWAL, EntryKind.DISBURSEMENT), Side.CREDIT),
}
"""Which entries of a person count for a capability, and the side of the drawer that they move."""

LIMITED = tuple(MOVED_BY)


class OverLimit(Refused):
    """More than this person does alone: a second person may approve it."""

    code = "over_limit"


def ceiling_of(role: str, capability: Capability, *, on: date) -> Money | None:
    """The largest amount of one act of this role on this day; None when there is no bound."""
    found = _ceiling(str(role), str(capability), on)
    return found[0].amount if found else None


@prepared_query
def _ceiling(role: str, capability: str, on: date) -> QuerySet[Ceiling]:
    begun = Ceiling.objects.filter(role=role, capability=capability, effective_from__lte=on)
    return begun.order_by("-effective_from", "-pk")[:1]


def ceilings(*, on: date) -> dict[tuple[str, str], Money | None]:
    """All ceilings in force on a day, by role and capability."""
    rows = Ceiling.objects.filter(effective_from__lte=on).order_by("role", "capability", "-effective_from", "-pk")
    return {(row.role, row.capability): row.amount for row in rows.distinct("role", "capability")}


def limit_of(user: Any, capability: Capability, *, on: date) -> Money | None:
    """The most this person moves on this day with the capability; None when there is no bound."""
    found = _limit(user.pk, str(capability), on)
    return found[0].amount if found else None


@prepared_query
def _limit(user: int, capability: str, on: date) -> QuerySet[UserLimit]:
    begun = UserLimit.objects.filter(user=user, capability=capability, effective_from__lte=on)
    return begun.order_by("-effective_from", "-pk")[:1]


def moved_on(user: Any, capability: Capability, *, day: date, currency: str) -> Money:
    """What this person has moved through drawers on a business day, from the postings. What was reversed is left out."""
    kinds, side = MOVED_BY[capability]
    lines = Posting.objects.filter(
        entry__branch=user.branch_id,
        entry__business_date=day,
        entry__actor=user,
        entry__kind__in=kinds,
        entry__reversed_by=None,
        side=side,
        account__parent__code=DRAWERS,
        account__currency=currency,
    )
    return Money(lines.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def check_within(*, user: Any, capability: Capability, amount: Money, day: date) -> None:
    """Refuse (`OverLimit`) an act above the role's ceiling, or one that takes the person over the day's limit.

    Called in the transaction that moves the money, with the person's work serialised by the caller (a drawer's lock).
    """
    ceiling = ceiling_of(user.role, capability, on=day)
    if ceiling is not None and amount > ceiling:
        role = Role(user.role).label.lower()
        raise OverLimit(f"A {role} does this alone up to {ceiling}. Nothing was posted.", field="amount")
    limit = limit_of(user, capability, on=day)
    if limit is None:
        return
    done = moved_on(user, capability, day=day, currency=amount.currency)
    if done + amount > limit:
        raise OverLimit(
            f"Your limit for the day is {limit}, and you have done {done}. Nothing was posted.", field="amount"
        )


def words(capability: str) -> str:
    """What a capability allows, in words."""
    return DESCRIPTIONS[Capability(capability)]
