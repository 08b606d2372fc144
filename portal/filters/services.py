"""Keeping filters and forgetting them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.filters.models import SavedFilter
from portal.filters.queries import filters_of, plain_query

MOST, LONGEST = 20, 500


@transactional
def keep_filter(*, place: str, name: str, query: str, by: Any, at: datetime) -> SavedFilter:
    """Keep a filter of a list under a name; one that has the name already is replaced.

    Refused: without a name or a filter, a very long one, more than twenty.
    """
    name, query = name.strip()[:40], plain_query(query)
    if not name:
        raise Refused("Give the filter a name.", code="name", field="name")
    if not query or len(query) > LONGEST:
        raise Refused("Choose first what the list should show.", code="query")
    kept = filters_of(by, place)
    if kept.exclude(name=name).count() >= MOST:
        raise Refused(f"You have kept {MOST} filters here. Forget one first.", code="too_many")
    found, _ = kept.update_or_create(user=by, place=place, name=name, defaults={"query": query, "at": at})
    return found


@transactional
def forget_filter(*, kept: SavedFilter, by: Any, at: datetime) -> None:
    """Forget a filter. Refused: another person's."""
    if kept.user_id != by.pk:
        raise Refused("This filter is another person's.", code="not_yours")
    kept.delete()
