"""Who is signed in where, and who was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from portal.access import policy
from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import STAFF
from portal.people.models import User
from portal.signin.models import SignInSession

STAFF_SESSIONS, CUSTOMER_SESSIONS = 1, 5
ENDED_SHOWN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One session as its owner sees it. `is_this` marks the one that asks."""

    session: SignInSession
    is_this: bool
    is_new_device: bool


def most_sessions(user: User) -> int:
    """How many sessions somebody may have at once."""
    return STAFF_SESSIONS if user.role in STAFF else CUSTOMER_SESSIONS


def open_sessions(*, at: datetime) -> QuerySet[SignInSession]:
    """Sessions that are neither ended nor over their time."""
    rules = policy.current()
    return SignInSession.objects.filter(
        ended_at=None,
        seen_at__gt=at - timedelta(seconds=rules.idle_seconds),
        started_at__gt=at - timedelta(seconds=rules.longest_seconds),
    )


def places_of(user: Any, *, this_key: str | None, at: datetime) -> list[Place]:
    """Where somebody is signed in now, the asking session first."""
    found = open_sessions(at=at).filter(user=user.pk).select_related("device")
    places = [Place(row, row.key == this_key, _is_new(row)) for row in found]
    return sorted(places, key=lambda place: not place.is_this)


def _is_new(row: SignInSession) -> bool:
    return row.device is not None and row.device.first_seen >= row.started_at


def past_sessions_of(user: Any, *, at: datetime) -> QuerySet[SignInSession]:
    """The sign-in and sign-out log of the last thirty days, newest first: sessions that ended."""
    since = at - timedelta(days=ENDED_SHOWN_DAYS)
    return SignInSession.objects.filter(user=user.pk, started_at__gt=since).exclude(ended_at=None).order_by("-ended_at")


def sessions_manageable_by(user: Any, *, at: datetime) -> QuerySet[SignInSession]:
    """The open sessions of others that this user may end."""
    found = open_sessions(at=at).select_related("user", "user__branch")
    return found if scope_of(user, Capability.SESSION_MANAGE) is Scope.ALL else found.none()


def own_open_sessions(user: Any, *, at: datetime) -> QuerySet[SignInSession]:
    """One's own open sessions."""
    return open_sessions(at=at).filter(user=user.pk)


def why_ended(key: str, *, at: datetime) -> str:
    """Why a session that a browser still asks with is over: a word of `SignInSession.Ended`, or nothing when unknown."""
    row = SignInSession.objects.filter(key=key).first() if key else None
    if row is None:
        return ""
    if row.ended_at is not None:
        return row.ended_because
    if row.started_at <= at - timedelta(seconds=policy.current().longest_seconds):
        return SignInSession.Ended.LONG
    return SignInSession.Ended.IDLE
