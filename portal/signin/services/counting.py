"""Counting tries, so exactly that fifty at the same moment are five.

A try is counted in a transaction of its own before anything is checked, and given back when it was right. So a refusal
elsewhere cannot forget it, and a process that dies in between leaves it counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet

from portal.base.db import in_service, transactional
from portal.base.errors import Refused
from portal.signin.models import TryCount
from portal.signin.queries import signed_in_before
from portal.signin.visit import Visit

Kind = TryCount.Kind


class Limit(NamedTuple):
    """So many failures within so much time, and how long nobody gets in then; None: until that time is over."""

    failures: int
    within: timedelta
    lock: timedelta | None


_SHORT, _DAY = timedelta(minutes=30), timedelta(days=1)
LIMITS: dict[str, Limit] = {
    Kind.ACCOUNT_DEVICE: Limit(5, _SHORT, _SHORT),
    Kind.ACCOUNT_SOURCE: Limit(5, _SHORT, _SHORT),
    Kind.ACCOUNT: Limit(50, _DAY, None),
    Kind.SOURCE: Limit(30, _SHORT, _SHORT),
    Kind.SIGN_UP: Limit(10, timedelta(hours=1), None),
}
NO_ADDRESS = "no address"

_COUNT = """
INSERT INTO signin_trycount AS c (kind, who, place, failures, until)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::timestamptz[]) AS t (kind, who, place, n, until)
 ORDER BY kind, who, place
ON CONFLICT (kind, who, place) DO UPDATE SET
    failures = CASE WHEN c.until <= %s THEN 1 ELSE c.failures + 1 END,
    locked_at = CASE WHEN c.until <= %s THEN NULL ELSE c.locked_at END,
    until = CASE WHEN c.until <= %s THEN EXCLUDED.until ELSE c.until END
RETURNING kind, failures, until
"""


class Locked(Refused):
    """Too many tries: nothing is checked until the lock opens."""

    code = "locked"


Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Try:
    """One try that is counted and not yet decided."""

    who: str
    visit: Visit
    is_known_device: bool
    keys: tuple[Key, ...]


def address_of(tried: str) -> str:
    """What was typed, as it is counted and kept. What is no address may be a password in the wrong field."""
    text = tried.strip().lower()[:254]
    return text if "@" in text and " " not in text else NO_ADDRESS


def begin_try(*, who: str, visit: Visit, at: datetime) -> Try:
    """Count one try before it is checked. Refused (`Locked`) when a limit is reached; that counts nothing.

    Call it outside of any service: what a refused service undoes would be forgotten.
    """
    if in_service():
        raise RuntimeError("A try that is counted within a service is forgotten when that service is refused.")
    address = address_of(who)
    known = signed_in_before(address, visit.browser)
    tried = Try(address, visit, known, _keys(address, visit, known=known))
    count(tried.keys, at)
    return tried


def _keys(who: str, visit: Visit, *, known: bool) -> tuple[Key, ...]:
    if known:
        return ((Kind.ACCOUNT_DEVICE, who, str(visit.browser)),)
    place = visit.network
    return ((Kind.ACCOUNT_SOURCE, who, place), (Kind.ACCOUNT, who, ""), (Kind.SOURCE, "", place))


@transactional
def count(keys: Sequence[Key], at: datetime) -> None:
    """One more for each key, or none at all when one of them is full."""
    kinds, who, places = (list(column) for column in zip(*keys, strict=True))
    untils = [at + LIMITS[kind].within for kind in kinds]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [kinds, who, places, [1] * len(keys), untils, at, at, at])
        full = [until for kind, failures, until in cursor.fetchall() if failures > LIMITS[kind].failures]
    if full:
        raise Locked(f"Too many tries. Wait {_minutes(max(full) - at)}.")


@transactional
def settle_failure(*, tried: Try, at: datetime) -> list[Key]:
    """The try was wrong: it stays counted. Returns the keys that this failure locked."""
    locked = []
    for row in _rows(tried.keys).select_for_update().order_by("kind", "who", "place"):
        limit = LIMITS[row.kind]
        if row.locked_at is None and row.failures >= limit.failures:
            row.locked_at = at
            row.until = row.until if limit.lock is None else at + limit.lock
            row.save(update_fields=["locked_at", "until"])
            locked.append((row.kind, row.who, row.place))
    return locked


@transactional
def give_back(*, tried: Try, at: datetime) -> None:
    """The try was right: it no longer counts. Those before it still do, until the person is in."""
    _rows(tried.keys).filter(failures__gt=0).update(failures=F("failures") - 1, locked_at=None)


@transactional
def forget(*, tried: Try, at: datetime) -> None:
    """Somebody is in: failures of this account from this place are over; those from elsewhere stay."""
    own = [key for key in tried.keys if key[0] in {Kind.ACCOUNT_DEVICE, Kind.ACCOUNT_SOURCE}]
    _rows(own).delete()


def _rows(keys: Sequence[Key]) -> QuerySet[TryCount]:
    found = Q(pk=None)
    for kind, who, place in keys:
        found |= Q(kind=kind, who=who, place=place)
    return TryCount.objects.filter(found)


def _minutes(left: timedelta) -> str:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
