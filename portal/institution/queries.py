"""Reading the institution."""

from __future__ import annotations

from django.db.models import QuerySet

from portal.institution.models import Branch, Denomination, Institution


def institution() -> Institution | None:
    """The one institution; None before the first set-up."""
    return Institution.objects.first()


def branches() -> QuerySet[Branch]:
    return Branch.objects.all()


def denominations(currency: str) -> QuerySet[Denomination]:
    """The notes and coins of a currency, largest first."""
    return Denomination.objects.filter(currency=currency)
