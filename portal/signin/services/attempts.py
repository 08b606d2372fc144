"""Writing down tries, telling the person about a lock, and opening one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.audit.context import current as acting
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.notifications.services import notify
from portal.outbox.services import enqueue
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.models import SignInAttempt, TryCount, Unlock
from portal.signin.queries import failures_since, may_unlock, signed_in_before
from portal.signin.services.counting import NO_ADDRESS, Kind, Locked, Try, begin_try, forget, settle_failure
from portal.signin.visit import Visit

Outcome = SignInAttempt.Outcome
TELL_LOCKED = "signin.tell_locked"
STREAK = 3
UNKNOWN = "an unknown address"
STREAK_WITHIN = timedelta(minutes=30)


@transactional
def fail_try(*, tried: Try, outcome: str, at: datetime) -> None:
    """The try was wrong. When it was the last that is allowed, the person is told by mail.

    The mail is asked for whether the address is known or not, and the worker finds out: so neither the answer nor its
    time tells.
    """
    locked = settle_failure(tried=tried, at=at)
    write(who=tried.who, outcome=outcome, visit=tried.visit, known=tried.is_known_device, at=at)
    if any(kind != Kind.SOURCE for kind, _, _ in locked):
        payload = {"who": tried.who, "device": tried.visit.words, "source": tried.visit.source}
        enqueue(kind=TELL_LOCKED, key=f"{tried.who} {at:%Y-%m-%dT%H}", payload=payload, by=None, at=at)


@transactional
def refuse_try(*, who: str, visit: Visit, at: datetime) -> None:
    """Write down a try that met a lock."""
    known = signed_in_before(who, visit.browser)
    write(who=who, outcome=Outcome.LOCKED, visit=visit, known=known, at=at)


@transactional
def note_suspended(*, tried: Try, at: datetime) -> None:
    """The password was right, and the person may not come in."""
    write(who=tried.who, outcome=Outcome.SUSPENDED, visit=tried.visit, known=tried.is_known_device, at=at)


def note_failure(*, user: User, outcome: str = Outcome.CODE, by: Any, at: datetime) -> None:
    """A wrong code or PIN of somebody whose password was right: it counts towards the same lock as a wrong password.

    Where the lock is there already, the try is written down as refused. Call it outside of any service.
    """
    visit = visits.current()
    try:
        tried = begin_try(who=user.email, visit=visit, at=at)
    except Locked:
        refuse_try(who=user.email, visit=visit, at=at)
    else:
        fail_try(tried=tried, outcome=outcome, at=at)


@transactional
def note_success(*, user: User, visit: Visit, is_new_device: bool, at: datetime) -> SignInAttempt:
    """Somebody is in. Failures from this place are forgotten; a new device after a row of failures is a warning."""
    failed = failures_since(user, at - STREAK_WITHIN)
    known = signed_in_before(user.email, visit.browser) and not is_new_device
    keys = _keys_of(user, visit)
    forget(tried=Try(user.email, visit, known, keys), at=at)
    is_risky = is_new_device and failed >= STREAK
    note = f"New device after {failed} failed tries" if is_risky else ("New device" if is_new_device else "")
    if is_risky:
        warn_of_streak(user=user, visit=visit, failed=failed, at=at)
    return write(who=user.email, outcome=Outcome.SUCCEEDED, visit=visit, known=known, note=note, at=at, user=user)


def _keys_of(user: User, visit: Visit) -> tuple[tuple[str, str, str], ...]:
    return (
        (Kind.ACCOUNT_SOURCE, user.email, visit.network),
        (Kind.ACCOUNT_DEVICE, user.email, str(visit.browser)),
    )


def write(
    *, who: str, outcome: str, visit: Visit, known: bool, at: datetime, note: str = "", user: User | None = None
) -> SignInAttempt:
    """One line of the log. Whose address it is is looked up alike for known and unknown ones."""
    context = acting()
    return SignInAttempt.objects.create(
        at=at,
        tried=who,
        user=user or User.objects.filter(email=who).first(),
        outcome=outcome,
        source=visit.source[:45],
        device=visit.words[:80],
        is_known_device=known,
        note=note,
        request_id=context.request_id if context else "",
    )


@transactional
def tell_locked(*, who: str, device: str, source: str, at: datetime) -> User | None:
    """Write to whoever has this address that too many tries failed; returns the person, None when nobody has it."""
    user = User.objects.filter(email=who, is_active=True).first() if who != NO_ADDRESS else None
    if user is None:
        return None
    context = {"device": device, "source": source or UNKNOWN}
    notify(kind="signin.locked", person=user, context=context, key=f"{at:%Y-%m-%dT%H}", by=None, at=at)
    return user


def warn_of_streak(*, user: User, visit: Visit, failed: int, at: datetime) -> None:
    """Tell somebody that a device they never used got in after several failures."""
    context = {"failed": str(failed), "device": visit.words, "source": visit.source or UNKNOWN}
    notify(kind="signin.streak", person=user, context=context, key=at.isoformat(), by=None, at=at)


@transactional
def unlock(*, user: User, reason: str, by: Any, at: datetime) -> Unlock:
    """Let somebody in again at once: all counts of the account begin anew.

    Refused: for oneself, out of one's reach, without a reason.
    """
    if not may_unlock(by, user):
        raise Refused(
            "Another opens this lock: the manager of this person's branch, or an administrator.", code="out_of_reach"
        )
    if not reason.strip():
        raise Refused("Say why you let this person in again.", code="reason", field="reason")
    TryCount.objects.filter(who=user.email).delete()
    return Unlock.objects.create(user=user, by=by, at=at, reason=reason.strip()[:200])


@transactional
def forget_failures(*, user: User, by: Any, at: datetime) -> None:
    """A new password was chosen by mail: the counts of the account begin anew."""
    TryCount.objects.filter(who=user.email).delete()


@transactional
def sweep_counts(*, at: datetime) -> int:
    """Remove counts that are over; returns how many."""
    return TryCount.objects.filter(until__lt=at - timedelta(days=1)).delete()[0]
