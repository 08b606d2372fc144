"""Reading the institution."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.remembered import remembered
from portal.institution.models import Branch, Denomination, Institution


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


def denominations(currency: str) -> QuerySet[Denomination]:
    """The notes and coins of a currency, largest first."""
    return Denomination.objects.filter(currency=currency)


@remembered
def denominations_shown(currency: str) -> list[Denomination]:
    """The same for the forms that people count into, at most some seconds old."""
    return list(denominations(currency))
