"""Reading the institution."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.remembered import remembered
from portal.institution.models import Branch, Denomination, Holiday, Institution


def institution() -> Institution | None:
    """The one institution; None before the first set-up."""
    return Institution.objects.first()


@remembered
def profile() -> Institution | None:
    """The institution as the shell of every page shows it: at most some seconds old, and read once for all of them."""
    return institution()


def branches() -> QuerySet[Branch]:
    return Branch.objects.all()


def branches_within(user: Any, capability: Capability) -> QuerySet[Branch]:
    """The branches in which this user holds a capability: all, the own one, or none."""
    reach = scope_of(user, capability)
    if reach is Scope.ALL:
        return branches()
    return branches().filter(pk=user.branch_id) if reach is Scope.BRANCH else branches().none()


def latest_business_date() -> date:
    """The open day of the branch that is furthest on."""
    return max(branch.business_date for branch in branches())


def days_off(branch: Branch | None, *, since: date | None = None) -> frozenset[date]:
    """The holidays a branch keeps, its own and everybody's; only everybody's where no branch is named."""
    kept = Holiday.objects.filter(Q(branch=None) | Q(branch=branch), withdrawn_at=None)
    return frozenset((kept.filter(day__gte=since) if since else kept).values_list("day", flat=True))


def holidays_visible_to(user: Any, capability: Capability = Capability.HOLIDAY_VIEW) -> QuerySet[Holiday]:
    """The calendar within reach: whole, or of one's branch. Who keeps only a branch's does not reach everybody's days."""
    scope = scope_of(user, capability)
    found = Holiday.objects.select_related("branch", "added_by", "withdrawn_by")
    if scope is Scope.ALL:
        return found
    if scope is not Scope.BRANCH or user.branch_id is None:
        return found.none()
    own = Q(branch=user.branch_id)
    return found.filter(own if capability is Capability.HOLIDAY_KEEP else own | Q(branch=None))


def holiday_for(user: Any, pk: int) -> Holiday:
    """One day that this user keeps; 404 for every other."""
    return get_object_or_404(holidays_visible_to(user, Capability.HOLIDAY_KEEP), pk=pk)


def denominations(currency: str) -> QuerySet[Denomination]:
    """The notes and coins of a currency, largest first."""
    return Denomination.objects.filter(currency=currency)


@remembered
def denominations_shown(currency: str) -> list[Denomination]:
    """The same for the forms that people count into, at most some seconds old."""
    return list(denominations(currency))
