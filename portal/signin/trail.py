"""Signing in and out, written into the audit trail and the log of sessions.

Rooms do not talk by signals here; these are the exception. Django's session machinery is not ours to call a service
from, and its three signals are the only place that every way of signing in passes, those added later included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from portal.audit.services import record
from portal.base.clock import now
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.middleware import ROW
from portal.signin.models import SignInSession
from portal.signin.services import begin_session, note_end, note_success
from portal.signin.services.counting import address_of
from portal.signin.services.sessions import is_new_device
from portal.signin.visit import Visit

STARTED, ENDED, REFUSED = "session started", "session ended", "sign-in refused"


def listen() -> None:
    """Connect the three signals, once."""
    user_logged_in.connect(_started, dispatch_uid="people.session_started")
    user_logged_out.connect(_ended, dispatch_uid="people.session_ended")
    user_login_failed.connect(_refused, dispatch_uid="people.sign_in_refused")


def _started(sender: object, request: Any, user: User, **kwargs: Any) -> None:
    at, visit = now(), _visit_of(request)
    before = getattr(request, "key_before", None)
    if before:
        note_end(key=before, because=SignInSession.Ended.SIGNED_OUT, by=user, at=at)
        if request.session.session_key == before:
            # Whoever signs in again as the same person keeps the id with Django; a new sign-in has a new one.
            request.session.cycle_key()
    if visit is not None:
        is_new = is_new_device(user, visit.browser)
        note_success(user=user, visit=visit, is_new_device=is_new, at=at)
    if request.session.session_key is None:
        request.session.save()
    is_shared = getattr(request, "is_shared", False)
    key = request.session.session_key
    request.session[ROW] = begin_session(user=user, key=key, visit=visit, is_shared=is_shared, at=at).pk
    record(verb=STARTED, subject=user.email, by=user, at=at)


def _visit_of(request: Any) -> Visit | None:
    """Where the request comes from, its browser with a number from now on; None for one that came by no web."""
    visit: Visit | None = getattr(request, "visit", None)
    if visit is not None and visit.browser is None:
        request.new_browser = visits.new_browser()
        return replace(visit, browser=request.new_browser)
    return visit


def _ended(sender: object, request: Any, user: User | None, **kwargs: Any) -> None:
    if user is None:
        return
    at, because = now(), getattr(request, "ended_because", SignInSession.Ended.SIGNED_OUT)
    note_end(key=request.session.session_key or "", because=because, by=user, at=at)
    record(verb=ENDED, subject=user.email, by=user, at=at)


def _refused(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    tried = str(credentials.get("email") or credentials.get("username") or "")
    record(verb=REFUSED, subject=address_of(tried)[:120], by=None, at=now())
