"""The log of who signed in and out: every session there was, for those who answer for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from portal.access.roles import STAFF
from portal.signin.models import SignInSession
from portal.signin.queries.attempts import answered_for

EVERYBODY, STILL_OPEN = "everybody", "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSession:
    """What to look for in the log. `who` is a role or `EVERYBODY`, without one the staff; what else is empty does not narrow."""

    person: str = ""
    who: str = ""
    ended: str = ""
    since: date | None = None
    until: date | None = None


def sessions_visible_to(user: Any, wanted: WantedSession | None = None) -> QuerySet[SignInSession]:
    """Sessions of the people this user answers for, the newest sign-in first: those of the own branch, or everybody's."""
    found = SignInSession.objects.filter(answered_for(user)).select_related("user__branch", "ended_by")
    return (found if wanted is None else _narrowed(found, wanted)).order_by("-pk")


def _narrowed(found: QuerySet[SignInSession], wanted: WantedSession) -> QuerySet[SignInSession]:
    if wanted.person:
        found = found.filter(user__full_name__icontains=wanted.person)
    if wanted.who != EVERYBODY:
        found = found.filter(user__role__in=[wanted.who] if wanted.who else STAFF)
    if wanted.ended:
        found = found.filter(ended_at=None) if wanted.ended == STILL_OPEN else found.filter(ended_because=wanted.ended)
    if wanted.since:
        found = found.filter(started_at__date__gte=wanted.since)
    if wanted.until:
        found = found.filter(started_at__date__lt=wanted.until + timedelta(days=1))
    return found
