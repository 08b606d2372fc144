"""Who tried to sign in, and whom a lock keeps out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.models import Device, SignInAttempt, TryCount

FAILED = frozenset({SignInAttempt.Outcome.PASSWORD, SignInAttempt.Outcome.CODE, SignInAttempt.Outcome.PIN})
NO_BROWSER = UUID(int=0)
"""What stands for a browser without our cookie, so that it takes the same statement."""
_ACCOUNT_KINDS = (TryCount.Kind.ACCOUNT_DEVICE, TryCount.Kind.ACCOUNT_SOURCE, TryCount.Kind.ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for among attempts; what is empty does not narrow."""

    person: str = ""
    outcome: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None


def attempts_visible_to(user: Any, wanted: Wanted | None = None) -> QuerySet[SignInAttempt]:
    """Attempts on the people this user answers for, newest first: those of the own branch, or everybody's.

    Tries at addresses that belong to nobody are seen by those who see everybody's.
    """
    found = SignInAttempt.objects.filter(answered_for(user)).select_related("user")
    return found if wanted is None else _narrowed(found, wanted)


def answered_for(user: Any) -> Q:
    """Rows of the people whose signing in this user may look at: those of the own branch, or everybody's; else none."""
    scope = scope_of(user, Capability.SIGNIN_VIEW)
    if scope is Scope.BRANCH:
        return Q(user__branch=user.branch_id) | Q(user__customer__branch=user.branch_id)
    return Q() if scope is Scope.ALL else Q(pk__in=())


def _narrowed(found: QuerySet[SignInAttempt], wanted: Wanted) -> QuerySet[SignInAttempt]:
    if wanted.person:
        found = found.filter(Q(user__full_name__icontains=wanted.person) | Q(tried__icontains=wanted.person))
    if wanted.outcome:
        found = found.filter(outcome=wanted.outcome)
    if wanted.source:
        found = found.filter(source__startswith=wanted.source)
    if wanted.since:
        found = found.filter(at__date__gte=wanted.since)
    if wanted.until:
        found = found.filter(at__date__lt=wanted.until + timedelta(days=1))
    return found


def may_unlock(by: Any, user: User) -> bool:
    """Whether `by` may open this person's lock: somebody else's, within reach."""
    return by.pk != user.pk and unlockable_by(by).filter(pk=user.pk).exists()


def unlockable_by(by: Any) -> QuerySet[User]:
    """The people whose locks this user may open."""
    scope = scope_of(by, Capability.SIGNIN_UNLOCK)
    people = User.objects.select_related("branch", "customer").exclude(pk=by.pk)
    if scope is Scope.ALL:
        return people
    if scope is Scope.BRANCH:
        return people.filter(Q(branch=by.branch_id) | Q(customer__branch=by.branch_id))
    return people.none()


def locked_addresses(at: datetime) -> QuerySet[TryCount]:
    """Counts of an account that keep somebody out at this moment, by the address that was tried."""
    return TryCount.objects.filter(kind__in=_ACCOUNT_KINDS, locked_at__isnull=False, until__gt=at)


def is_locked(user: User, *, at: datetime | None = None) -> bool:
    """Whether somebody is kept out of this account now, from one place or from everywhere."""
    return locked_addresses(at or now()).filter(who=user.email).exists()


def is_locked_here(user: User, *, at: datetime | None = None) -> bool:
    """Whether somebody is kept out where the request being served comes from: strangers' locks elsewhere do not count."""
    visit = visits.current()
    own = Q(kind=TryCount.Kind.ACCOUNT_DEVICE, place=str(visit.browser))
    if not signed_in_before(user.email, visit.browser):
        own = Q(kind=TryCount.Kind.ACCOUNT_SOURCE, place=visit.network) | Q(kind=TryCount.Kind.ACCOUNT)
    return locked_addresses(at or now()).filter(own, who=user.email).exists()


def locked_people_visible_to(user: Any, *, at: datetime) -> list[tuple[User, datetime]]:
    """Whom this user may let in again, each with the moment at which the lock opens by itself."""
    opens = {row.who: row.until for row in locked_addresses(at).order_by("until")}
    people = unlockable_by(user).filter(email__in=opens).order_by("full_name")
    return [(person, opens[person.email]) for person in people]


def signed_in_before(who: str, browser: UUID | None) -> bool:
    """Whether this address belongs to somebody who signed in with this browser before. One query, found or not."""
    return Device.objects.filter(browser=browser or NO_BROWSER, user__email=who).exists()


def failures_since(user: User, since: datetime) -> int:
    """How many tries at this person failed since then, those before the last success left out."""
    recent = SignInAttempt.objects.filter(user=user, at__gte=since).order_by("-pk").values_list("outcome", flat=True)
    found = 0
    for outcome in recent[:100]:
        if outcome == SignInAttempt.Outcome.SUCCEEDED:
            break
        found += outcome in FAILED
    return found
