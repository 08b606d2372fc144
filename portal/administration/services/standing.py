"""Whether somebody may sign in: suspended and reinstated, made to choose another password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.roles import Role
from portal.administration.models import PasswordDemand, Suspension
from portal.administration.queries import is_last_administrator
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin.models import SignInSession
from portal.signin.services.passwords import demand_password_change
from portal.signin.services.sessions import end_sessions_of

SUSPENDED, REINSTATED, DEMANDED = "user suspended", "user reinstated", "another password demanded"


@transactional
def suspend(*, user: User, reason: str, by: Any, at: datetime) -> Suspension:
    """Let somebody in no more, and end their sessions at once. Refused: oneself, the last administrator, no reason."""
    locked = lock_user(user)
    _give_reason(reason)
    if locked.pk == by.pk:
        raise Refused("Nobody suspends themselves.", code="oneself")
    if not locked.is_active:
        raise Refused(f"{locked} is suspended already.", code="suspended_already")
    keep_an_administrator(locked)
    suspension = Suspension.objects.create(user=locked, reason=reason.strip(), suspended_by=by, suspended_at=at)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    end_sessions_of(locked, reason=SignInSession.Ended.SUSPENDED, by=by, at=at)
    record(verb=SUSPENDED, subject=locked.email, detail={"reason": reason.strip()}, by=by, at=at)
    return suspension


@transactional
def reinstate(*, user: User, reason: str, by: Any, at: datetime) -> User:
    """Let somebody in again. Refused: who is not suspended, oneself, no reason."""
    locked = lock_user(user)
    _give_reason(reason)
    if locked.is_active:
        raise Refused(f"{locked} is not suspended.", code="not_suspended")
    open_ = Suspension.objects.filter(user=locked, ended_at=None)
    open_.update(ended_at=at, ended_by=by, ended_reason=reason.strip())
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    record(verb=REINSTATED, subject=locked.email, detail={"reason": reason.strip()}, by=by, at=at)
    return locked


@transactional
def demand_password(*, user: User, reason: str, by: Any, at: datetime) -> PasswordDemand:
    """Have somebody choose another password before anything else, and end their sessions at once."""
    locked = lock_user(user)
    _give_reason(reason)
    demand = PasswordDemand.objects.create(user=locked, reason=reason.strip(), demanded_by=by, at=at)
    demand_password_change(user=locked, by=by, at=at)
    end_sessions_of(locked, reason=SignInSession.Ended.DEMANDED, by=by, at=at)
    return demand


def lock_user(user: User) -> User:
    """The user's row, locked. All administrators are locked before, in one order: two who act on each other meet there."""
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def keep_an_administrator(user: User) -> None:
    """Refuse what would leave nobody who administers."""
    if is_last_administrator(user):
        raise Refused("This is the last administrator. Invite another before.", code="last_administrator")


def _give_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why: it is kept with the change.", code="reason", field="reason")
