"""Beginning, keeping and ending sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session

from portal.access import policy
from portal.base.db import transactional
from portal.live.services import announce_ended
from portal.notifications.services import notify
from portal.people.models import User
from portal.signin.models import Device, SignInSession
from portal.signin.queries import most_sessions, open_sessions
from portal.signin.queries.attempts import NO_BROWSER
from portal.signin.services.telling import said_of, tell_of_sign_in
from portal.signin.visit import Visit

Ended = SignInSession.Ended
SWEEP_ROWS = 500


@transactional
def begin_session(*, user: User, key: str, visit: Visit | None, is_shared: bool, at: datetime) -> SignInSession:
    """Write down a session that has just begun, and end those that must give way to it.

    Staff have one: the older ends. Customers have five: the one that was used longest ago ends. A shared session (the
    demonstration's) ends none. Without a `visit` nobody came through the web; such a session ends none either.
    A device that was not used before is told by mail, unless it is the first of all; where the policy says so, every
    sign-in is.
    """
    User.objects.select_for_update().get(pk=user.pk)
    device = _device(user, visit.browser, visit.words, at) if visit is not None and visit.browser is not None else None
    if visit is not None and not is_shared:
        _make_room(user, at)
        if device is not None and device.first_seen == at:
            _tell_of_new_device(user, visit, device, at)
        if policy.current().tells_every_sign_in:
            tell_of_sign_in(user, visit, key, at)
    return SignInSession.objects.create(
        key=key,
        user=user,
        device=device,
        source=visit.source[:45] if visit else "",
        words=visit.words if visit else Visit().words,
        is_shared=is_shared,
        started_at=at,
        seen_at=at,
    )


def _device(user: User, browser: UUID, words: str, at: datetime) -> Device:
    device, is_new = Device.objects.get_or_create(
        user=user, browser=browser, defaults={"words": words, "first_seen": at, "last_seen": at}
    )
    if not is_new:
        Device.objects.filter(pk=device.pk).update(last_seen=at, words=words)
    return device


def _make_room(user: User, at: datetime) -> None:
    others = open_sessions(at=at).filter(user=user, is_shared=False).order_by("-seen_at", "-pk")
    _end(others[most_sessions(user) - 1 :], because=Ended.NEWER, by=user, at=at)


def _tell_of_new_device(user: User, visit: Visit, device: Device, at: datetime) -> None:
    if not Device.objects.filter(user=user).exclude(pk=device.pk).exists():
        return
    key = f"device {device.pk}"
    notify(kind="signin.new_device", person=user, context=said_of(visit, at), key=key, by=None, at=at)


def keep_session(*, pk: int, key: str, seen: bool, at: datetime) -> None:
    """The session is used, or has another key since the person proved again who they are. One statement."""
    values: dict[str, Any] = {"key": key, "seen_at": at} if seen else {"key": key}
    SignInSession.objects.filter(pk=pk, ended_at=None).update(**values)


@transactional
def end_sessions_of(
    user: User, *, except_key: str | None = None, reason: str = Ended.ADMINISTRATOR, by: Any, at: datetime
) -> int:
    """End all sessions of somebody at once, open event streams included; returns how many.

    `except_key` is the session key of the one that stays. `reason` is a word of `SignInSession.Ended`, or another in
    a few words; the person reads it when next signing in.
    """
    found = open_sessions(at=at).filter(user=user).exclude(key=except_key or "")
    return _end(found, because=reason, by=by, at=at)


@transactional
def end_session(*, session: SignInSession, by: Any, at: datetime) -> SignInSession:
    """End one session: one's own from another device, or somebody's as an administrator. A second time changes nothing."""
    reason = Ended.ELSEWHERE if session.user_id == by.pk else Ended.ADMINISTRATOR
    _end([session], because=reason, by=by, at=at)
    session.refresh_from_db()
    return session


@transactional
def note_end(*, key: str, because: str, by: Any, at: datetime) -> None:
    """Write down a session that ended by itself: signed out, or over its time."""
    row = SignInSession.objects.filter(key=key, ended_at=None).first()
    if row is not None:
        _end([row], because=because, by=by, at=at)


def _end(rows: Iterable[SignInSession], *, because: str, by: Any, at: datetime) -> int:
    keys = [row.key for row in rows]
    if not keys:
        return 0
    ended = SignInSession.objects.filter(key__in=keys, ended_at=None).update(
        ended_at=at, ended_because=because[:60], ended_by=by
    )
    Session.objects.filter(session_key__in=keys).delete()
    announce_ended(keys)
    return ended


@transactional
def end_idle_sessions(*, at: datetime) -> int:
    """Write the end of sessions that nobody used for their time; returns how many. Twice changes nothing."""
    rules = policy.current()
    idle, long = timedelta(seconds=rules.idle_seconds), timedelta(seconds=rules.longest_seconds)
    over = SignInSession.objects.filter(ended_at=None, seen_at__lte=at - idle).select_for_update(skip_locked=True)
    rows = list(over[:SWEEP_ROWS])
    for row in rows:
        row.ended_at = min(row.seen_at + idle, row.started_at + long)
        row.ended_because = Ended.IDLE
    SignInSession.objects.bulk_update(rows, ["ended_at", "ended_because"])
    Session.objects.filter(session_key__in=[row.key for row in rows]).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    return len(rows)


def is_new_device(user: User, browser: UUID | None) -> bool:
    """Whether nobody signed in as this person from this browser before, while they did from another."""
    devices = Device.objects.filter(user=user)
    return devices.exists() and not devices.filter(browser=browser or NO_BROWSER).exists()
