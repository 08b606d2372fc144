"""Reading requests: what waits for whom, and who may decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import allows, scope_of
from portal.access.grants import Scope
from portal.approvals.acts import Act, act_named, known_acts
from portal.approvals.limits import ceiling_of
from portal.approvals.models import Decision, Request
from portal.base.money import Money
from portal.people.models import Customer

EVERYBODY = "all"
CHANNEL = f"approvals:{EVERYBODY}"
"""What pages of deciders listen to; its messages carry no ids."""


def requests_visible_to(user: Any) -> QuerySet[Request]:
    """What one asked for oneself, what one may decide or could have, and everything for those who look at all."""
    scope = scope_of(user, Capability.APPROVAL_VIEW)
    requests = Request.objects.select_related("asked_by", "branch")
    if scope is Scope.NONE:
        return requests.none()
    return requests if scope is Scope.ALL else requests.filter(Q(asked_by=user) | _within_reach(user))


def waiting_for(user: Any) -> QuerySet[Request]:
    """What waits and this user may decide, the one that expires first on top; never what the user asked for."""
    if not allows(user, Capability.APPROVAL_DECIDE):
        return Request.objects.none()
    waiting = Request.objects.filter(_within_reach(user), state=Request.State.WAITING).exclude(asked_by=user)
    undecided = waiting.exclude(pk__in=Decision.objects.filter(decided_by=user).values("request"))
    return undecided.select_related("asked_by", "branch").order_by("expires_at", "pk")


def waiting(user: Any) -> QuerySet[Request]:
    """Everything that waits and this user may see, whoever is to decide."""
    return requests_visible_to(user).filter(state=Request.State.WAITING).order_by("expires_at", "pk")


def asked_by(user: Any) -> QuerySet[Request]:
    """What this user asked for, newest first."""
    return Request.objects.filter(asked_by=user).select_related("asked_by", "branch").order_by("-asked_at", "-pk")


def decided_visible_to(user: Any) -> QuerySet[Request]:
    """What is over, newest first."""
    return requests_visible_to(user).exclude(state=Request.State.WAITING).order_by("-asked_at", "-pk")


def waiting_count(user: Any) -> int:
    """How many requests wait for this user."""
    return waiting_for(user).order_by().count()


def may_listen(user: Any, name: str) -> bool:
    """Whether open pages of this user may be told that requests came or went."""
    return name == EVERYBODY and allows(user, Capability.APPROVAL_VIEW)


def may_decide(user: Any, request: Request) -> bool:
    """Whether act and branch of a request are within the user's reach; who asked and whom it is about aside."""
    act = known_acts().get(request.act)
    if act is None or not allows(user, Capability.APPROVAL_DECIDE):
        return False
    scope = scope_of(user, act.capability)
    return scope is Scope.ALL or (scope is Scope.BRANCH and request.branch_id == user.branch_id)


def is_about(user: Any, request: Request) -> bool:
    """Whether the request is about the user: the person, or a customer's account that is the user's own.

    Staff are known to be members by the mail address of their record.
    """
    concerned = act_named(request.act).concerns(request.payload)
    if user.pk in concerned.users:
        return True
    return (bool(concerned.customers) and user.customer_id in concerned.customers) or _is_member(
        user, concerned.customers
    )


def short_ceiling(user: Any, request: Request, *, on: date) -> Money | None:
    """The decider's ceiling, where the request is above it."""
    amount = amount_of(request)
    if amount is None:
        return None
    ceiling = ceiling_of(user.role, act_named(request.act).capability, on=on)
    return ceiling if ceiling is not None and amount > ceiling else None


def amount_of(request: Request) -> Money | None:
    """The amount a request is about."""
    return None if request.amount_minor is None else Money(request.amount_minor, request.currency)


def approvals_missing(request: Request, *, given: int) -> int:
    """How many more people must approve after `given` have."""
    return max(act_named(request.act).decisions_for(request.payload, amount_of(request)) - given, 0)


def _is_member(user: Any, customers: Iterable[int]) -> bool:
    ids = list(customers)
    return bool(ids) and Customer.objects.filter(pk__in=ids).exclude(email="").filter(email__iexact=user.email).exists()


def shown(value: Any) -> str:
    """A value of a difference as people read it."""
    return "–" if value in {None, ""} else str(value)


def _within_reach(user: Any) -> Q:
    """Requests whose act this user may decide, in the branches the capability reaches."""
    everywhere = _decidable(user, Scope.ALL)
    in_branch = _decidable(user, Scope.BRANCH)
    reach = Q(act__in=everywhere)
    return reach | Q(act__in=in_branch, branch_id=user.branch_id) if user.branch_id and in_branch else reach


def _decidable(user: Any, scope: Scope) -> list[str]:
    return [act.name for act in _acts() if scope_of(user, act.capability) is scope]


def _acts() -> Iterable[Act]:
    return known_acts().values()
