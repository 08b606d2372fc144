"""Reading who works here, and what was done to them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.administration.models import Invitation, PasswordDemand, RoleChange, Suspension
from portal.approvals.models import Request
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.people.models import User

DORMANT_AFTER = timedelta(days=90)
ROLE_CHANGE = "role_change"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what happened to somebody."""

    at: datetime
    what: str
    who: Any
    why: str


def staff_visible_to(user: Any) -> QuerySet[User]:
    """Who works here, as far as this user may see: one's branch, or all. Customers are not among them."""
    staff = User.objects.exclude(role=Role.CUSTOMER).select_related("branch").order_by("full_name", "pk")
    scope = scope_of(user, Capability.USER_VIEW)
    if scope is Scope.ALL:
        return staff
    return staff.filter(branch_id=user.branch_id) if scope is Scope.BRANCH and user.branch_id else staff.none()


def branches_visible_to(user: Any) -> QuerySet[Branch]:
    """The branches whose address, hours and open day this user may see: one's own, or all."""
    return branches_within(user, Capability.BRANCH_VIEW)


def staff_managed_by(user: Any) -> QuerySet[User]:
    """Whom this user may invite, suspend and move."""
    staff = User.objects.exclude(role=Role.CUSTOMER).select_related("branch")
    return staff if scope_of(user, Capability.USER_MANAGE) is Scope.ALL else staff.none()


def dormant(staff: QuerySet[User], *, at: datetime) -> QuerySet[User]:
    """Those who may sign in and have not for ninety days; whoever never did counts from the day they came."""
    before = at - DORMANT_AFTER
    return staff.filter(is_active=True).filter(Q(last_login__lt=before) | Q(last_login=None, created_at__lt=before))


def suspended(staff: QuerySet[User]) -> QuerySet[User]:
    return staff.filter(is_active=False)


def open_invitations() -> QuerySet[Invitation]:
    """Those that were not accepted yet, expired ones among them."""
    return Invitation.objects.filter(state=Invitation.State.OPEN).select_related("branch", "invited_by")


def open_suspension(user: User) -> Suspension | None:
    return Suspension.objects.filter(user=user, ended_at=None).select_related("suspended_by").first()


def waiting_role_change(user: User) -> Request | None:
    """The change of role or branch that waits for a second person, if one does."""
    waiting = Request.objects.filter(act=ROLE_CHANGE, state=Request.State.WAITING, payload__user=user.pk)
    return waiting.select_related("asked_by").first()


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could administer: the last one is neither suspended nor given another role."""
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.role == Role.ADMINISTRATOR and user.is_active and not others.exists()


def history_of(user: User) -> list[Step]:
    """What was done to somebody, newest first."""
    steps = [Step(each.at, _moved(each), each.asked_by, each.reason) for each in _changes_of(user)]
    for each in Suspension.objects.filter(user=user).select_related("suspended_by", "ended_by"):
        steps.append(Step(each.suspended_at, "Suspended", each.suspended_by, each.reason))
        if each.ended_at is not None:
            steps.append(Step(each.ended_at, "Reinstated", each.ended_by, each.ended_reason))
    demands = PasswordDemand.objects.filter(user=user).select_related("demanded_by")
    steps += [Step(each.at, "Made to choose another password", each.demanded_by, each.reason) for each in demands]
    for invitation in Invitation.objects.filter(user=user, ended_at__isnull=False).select_related("invited_by"):
        steps.append(Step(invitation.invited_at, "Invited", invitation.invited_by, ""))
        steps.append(Step(invitation.ended_at or invitation.invited_at, "Accepted the invitation", user, ""))
    return sorted(steps, key=lambda step: step.at, reverse=True)


def invitation_of(token: str, *, at: datetime) -> Invitation | None:
    """The open invitation behind a link; None for one that is unknown, used, withdrawn or expired."""
    found = Invitation.objects.filter(token_hash=hash_of(token), state=Invitation.State.OPEN, expires_at__gt=at)
    return found.select_related("branch").first()


def hash_of(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def with_open_suspension(staff: QuerySet[User]) -> QuerySet[User]:
    """Staff, each told whether a suspension is open."""
    return staff.annotate(is_suspended=Exists(Suspension.objects.filter(user=OuterRef("pk"), ended_at=None)))


def _changes_of(user: User) -> QuerySet[RoleChange]:
    return RoleChange.objects.filter(user=user).select_related("asked_by", "approved_by", "branch", "branch_before")


def _moved(change: RoleChange) -> str:
    before, after = (
        _place(change.get_role_before_display(), change.branch_before),
        _place(change.get_role_display(), change.branch),
    )
    return f"From {before} to {after}, approved by {change.approved_by}"


def _place(role: str, branch: Any) -> str:
    return f"{role}, {branch}" if branch else role
