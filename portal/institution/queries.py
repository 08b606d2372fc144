"""Reading the institution."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

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
