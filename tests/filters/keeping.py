"""What the tests of kept filters play with."""

from __future__ import annotations

from portal.filters.models import SavedFilter
from portal.filters.services import keep_filter
from portal.people.models import User
from tests.cast import NOW


def kept_filter(user: User, name: str = "Mine", query: str = "view=mine&q=") -> SavedFilter:
    """A filter of the queue of tickets."""
    return keep_filter(place="ticket_queue", name=name, query=query, by=user, at=NOW)
