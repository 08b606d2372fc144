"""Another role or branch for somebody: asked for by one, approved by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.roles import Role
from portal.administration.models import NEEDS_BRANCH, RoleChange
from portal.administration.queries import ROLE_CHANGE
from portal.administration.services.standing import keep_an_administrator, lock_user
from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.people.models import User
from portal.signin.models import SignInSession
from portal.signin.services.sessions import end_sessions_of

CHANGED = "role or branch changed"


@transactional
def ask_for_role(*, user: User, role: str, branch: Branch | None, reason: str, by: Any, at: datetime) -> Request:
    """Ask for another role or branch; a second person decides. Refuses what `check_role_change` refuses, and no reason."""
    if not reason.strip():
        raise Refused("Say why: whoever decides will read it.", code="reason", field="reason")
    payload = {"user": user.pk, "role": role, "branch": branch.pk if branch else None, "reason": reason.strip()}
    return ask(act=ROLE_CHANGE, payload=payload, subject=user.email, reason=reason, branch=user.branch, by=by, at=at)


def check_role_change(*, user: User, role: str, branch: Branch | None) -> None:
    """Refuse a change that cannot be: nothing new, a customer, a branch missing or too many, the last administrator."""
    if user.role == Role.CUSTOMER or role == Role.CUSTOMER or role not in Role.values:
        raise Refused("Customers and staff are never the same user.", code="customer", field="role")
    if not user.is_active:
        raise Refused(f"{user} is suspended: reinstate first.", code="suspended")
    if role in NEEDS_BRANCH and branch is None:
        raise Refused("This role works in a branch: choose one.", code="branch", field="branch")
    if role not in NEEDS_BRANCH and branch is not None:
        raise Refused("This role works in no branch: leave it empty.", code="no_branch", field="branch")
    if (role, branch) == (user.role, user.branch):
        raise Refused("That is what this person has already.", code="same", field="role")
    if role != user.role:
        keep_an_administrator(user)


@transactional
def change_role(
    *, user: User, role: str, branch: Branch | None, reason: str, approved_by: Any, by: Any, at: datetime
) -> RoleChange:
    """Give somebody another role or branch, and end their sessions. Only ever called by an approved request."""
    locked = lock_user(user)
    check_role_change(user=locked, role=role, branch=branch)
    change = RoleChange.objects.create(
        user=locked,
        role_before=locked.role,
        role=role,
        branch_before=locked.branch,
        branch=branch,
        reason=reason,
        asked_by=by,
        approved_by=approved_by,
        at=at,
    )
    locked.role, locked.branch = role, branch
    locked.save(update_fields=["role", "branch"])
    why = SignInSession.Ended.ROLE if change.role_before != role else SignInSession.Ended.BRANCH
    end_sessions_of(locked, reason=why, by=approved_by, at=at)
    detail = {"from": change.role_before, "to": role, "branch": str(branch or ""), "asked by": str(by)}
    record(verb=CHANGED, subject=locked.email, detail=detail, by=approved_by, at=at)
    return change
