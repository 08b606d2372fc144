"""Changing a password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.notifications.services import notify
from portal.people.models import User
from portal.signin.models import SignInSession
from portal.signin.services.attempts import forget_failures
from portal.signin.services.sessions import end_sessions_of

CHANGED, DEMANDED = "password changed", "password change demanded"


@transactional
def change_password(*, user: User, password: str, except_key: str | None = None, by: Any, at: datetime) -> User:
    """Give somebody the password they chose. Every session but `except_key` ends at once; the person is told by mail.

    The caller has validated the password, and has the present one or the link from the mail.
    """
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sessions_of(user, except_key=except_key, reason=SignInSession.Ended.PASSWORD, by=by, at=at)
    forget_failures(user=user, by=by, at=at)
    record(verb=CHANGED, subject=user.email, by=by, at=at)
    context = {"when": f"{at:%d %b %Y at %H:%M} UTC"}
    notify(kind="signin.password_changed", person=user, context=context, key=at.isoformat(), by=None, at=at)
    return user


@transactional
def demand_password_change(*, user: User, by: Any, at: datetime) -> User:
    """Somebody must choose another password before anything else works. Staff never choose it for them.

    Refused: for oneself, who may simply change it.
    """
    if by.pk == user.pk:
        raise Refused("Change your own password on your profile.", code="own_password")
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    record(verb=DEMANDED, subject=user.email, by=by, at=at)
    return user
