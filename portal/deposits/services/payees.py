"""Looking up whom somebody pays: it shows a name, so it is written down and bounded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.audit.models import Event
from portal.audit.services import record
from portal.base.errors import Refused

LOOKED_UP = "payee looked up"
WITHIN = timedelta(minutes=10)
MOST_LOOK_UPS = 20


class TooManyLookUps(Refused):
    """More names asked for than a person pays: somebody may be collecting them."""

    code = "too_many"


def note_payee_lookup(*, number: str, by: Any, at: datetime) -> None:
    """Write down that somebody asks whose account a number is, found or not. Refused: the twenty-first in ten minutes."""
    asked = Event.objects.filter(actor=by.pk, verb=LOOKED_UP, at__gt=at - WITHIN).count()
    if asked >= MOST_LOOK_UPS:
        raise TooManyLookUps("You looked up many account numbers. Wait ten minutes and go on.", field="number")
    record(verb=LOOKED_UP, subject=number[:24], by=by, at=at)
