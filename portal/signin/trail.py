"""Signing in and out, written into the audit trail.

Rooms do not talk by signals here; these are the exception. Django's session machinery is not ours to call a service
from, and its three signals are the only place that every way of signing in passes, those added later included.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from portal.audit.services import record
from portal.base.clock import now
from portal.people.models import User

STARTED, ENDED, REFUSED = "session started", "session ended", "sign-in refused"


def listen() -> None:
    """Connect the three signals, once."""
    user_logged_in.connect(_started, dispatch_uid="people.session_started")
    user_logged_out.connect(_ended, dispatch_uid="people.session_ended")
    user_login_failed.connect(_refused, dispatch_uid="people.sign_in_refused")


def _started(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(verb=STARTED, subject=user.email, by=user, at=now())


def _ended(sender: object, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(verb=ENDED, subject=user.email, by=user, at=now())


def _refused(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    record(verb=REFUSED, subject=_who(credentials), by=None, at=now())


def _who(credentials: dict[str, Any]) -> str:
    """The address that was tried. What is no address may be a password in the wrong field, and is not kept."""
    tried = str(credentials.get("email") or credentials.get("username") or "").lower()
    return tried[:120] if "@" in tried and " " not in tried else "no address"
