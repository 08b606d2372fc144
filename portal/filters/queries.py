"""Reading what somebody has kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.db.models import QuerySet
from django.http import QueryDict

from portal.filters.models import SavedFilter

PASSING = frozenset({"page", "since", "csrfmiddlewaretoken"})
"""What belongs to one look at a list, and not to its filter."""


def filters_of(user: Any, place: str = "") -> QuerySet[SavedFilter]:
    """One's own filters, of one list or of all."""
    own = SavedFilter.objects.filter(user=user.pk)
    return own.filter(place=place) if place else own


def plain_query(text: str) -> str:
    """A filter without empty fields and without what passes: the same filter, the same text."""
    wanted = QueryDict(mutable=True)
    for name, value in sorted(parse_qsl(text)):
        if name not in PASSING:
            wanted.appendlist(name, value)
    return wanted.urlencode()
