"""Reading the institution."""

from __future__ import annotations

from time import monotonic

from django.conf import settings
from django.db.models import QuerySet

from portal.institution.models import Branch, Denomination, Institution


def institution() -> Institution | None:
    """The one institution; None before the first set-up."""
    return Institution.objects.first()


def profile() -> Institution | None:
    """The institution as the shell of every page shows it: at most some seconds old, and read once for all of them."""
    global _profile
    if monotonic() >= _profile[1]:
        _profile = (institution(), monotonic() + settings.PROFILE_CACHE_SECONDS)
    return _profile[0]


_profile: tuple[Institution | None, float] = (None, 0.0)


def branches() -> QuerySet[Branch]:
    return Branch.objects.all()


def denominations(currency: str) -> QuerySet[Denomination]:
    """The notes and coins of a currency, largest first."""
    return Denomination.objects.filter(currency=currency)
