"""Who works here: the list, one person, and what an administrator does to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.administration import queries, services
from portal.administration.pages.forms import FilterForm, ReasonForm, RoleForm
from portal.administration.pages.tables import StaffTable
from portal.approvals.limits import LIMITED, limit_of, moved_on, words
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.base.tables import arranged
from portal.base.templatetags.portal import ABSENT, moment
from portal.institution.queries import branches, institution
from portal.people.models import User
from portal.signin.queries import factors_of, is_locked, may_unlock
from portal.signin.services.attempts import unlock
from portal.signin.services.factors import reset_factors

LIST, MEMBER = "administration/staff_list.html", "administration/staff_member.html"
ACT, ROLE = "administration/staff_act.html", "administration/staff_role.html"


@dataclass(frozen=True, slots=True)
class StaffAct:
    """Something done to one person for a reason: its button, what it means, what is said afterwards, the service."""

    label: str
    means: str
    done: str
    service: Callable[..., Any]
    danger: bool = False


ACTS = {
    "suspension": StaffAct(
        "Suspend",
        "They cannot sign in any more, and what they have open ends at once.",
        "is suspended",
        services.suspend,
        danger=True,
    ),
    "reinstatement": StaffAct("Reinstate", "They may sign in again.", "may sign in again", services.reinstate),
    "password": StaffAct(
        "Demand another password",
        "Their sessions end; they choose another password before anything else.",
        "must choose another password",
        services.demand_password,
    ),
    "factors": StaffAct(
        "Reset second factors",
        "All their factors are removed; they enrol again at the next sign-in. Make sure that it is really them who asks.",
        "enrols a second factor again",
        reset_factors,
        danger=True,
    ),
    "unlock": StaffAct("Unlock", "They may try to sign in again at once.", "may try again", unlock),
}


@requires(Capability.USER_VIEW)
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works here, by role, branch and state."""
    form = FilterForm(request.GET, branches=branches())
    if not form.is_valid():
        return page(request, LIST, {"form": form}, status=UNPROCESSABLE)
    table = StaffTable(form.narrowed(queries.staff_visible_to(request.user)))
    context = {"form": form, "table": arranged(request, table)}
    return page(request, LIST, context, partials=("results",))


@requires(Capability.USER_VIEW)
@require_safe
def staff_member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Everything about one person: what they are, what they may move, what was done to them, what may be done now."""
    member = get_object_or_404(queries.staff_visible_to(request.user), pk=user_id)
    context = {
        "member": member,
        "facts": _facts(member),
        "limits": _limits(member),
        "history": queries.history_of(member),
        "waiting": queries.waiting_role_change(member),
        "acts": [(name, ACTS[name]) for name in _acts_for(request.user, member)],
        "can_look": allows(request.user, Capability.USER_VIEW_AS) and member.pk != request.user.pk and member.is_active,
        "can_move": allows(request.user, Capability.USER_MANAGE) and member.pk != request.user.pk and member.is_active,
    }
    return page(request, MEMBER, context)


@requires(Capability.USER_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_act(request: HttpRequest, user_id: int, act: str) -> HttpResponse:
    """Do one of `ACTS` to somebody, with a reason."""
    member = get_object_or_404(queries.staff_managed_by(request.user), pk=user_id)
    if act not in ACTS:
        raise Http404("no such act")
    form = ReasonForm(request.POST or None)
    context = {"member": member, "act": ACTS[act], "name": act}
    if request.method != "POST":
        return page(request, ACT, {**context, "form": form})
    if not form.is_valid():
        return refused(request, ACT, context, form)
    try:
        ACTS[act].service(user=member, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ACT, context, form, refusal)
    messages.success(request, f"{member} {ACTS[act].done}.")
    return see_other(reverse("staff_member", args=[member.pk]))


@requires(Capability.USER_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_role(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask for another role or branch; a second person decides."""
    member = get_object_or_404(queries.staff_managed_by(request.user), pk=user_id)
    initial = {"role": member.role, "branch": member.branch_id}
    form = RoleForm(request.POST or None, branches=branches(), initial=initial)
    if request.method != "POST":
        return page(request, ROLE, {"member": member, "form": form})
    if not form.is_valid():
        return refused(request, ROLE, {"member": member}, form)
    try:
        services.ask_for_role(user=member, **form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ROLE, {"member": member}, form, refusal)
    messages.success(request, f"Asked for. Somebody else decides on the change for {member}.")
    return see_other(reverse("staff_member", args=[member.pk]))


def _facts(member: User) -> list[tuple[str, Any]]:
    factors = ", ".join(str(factor.name or factor.kind) for factor in factors_of(member))
    state = "Active" if member.is_active else "Suspended"
    if is_locked(member, at=now()):
        state += ", locked after wrong tries"
    return [
        ("E-mail address", member.email),
        ("Role", member.get_role_display()),
        ("Branch", member.branch or ABSENT),
        ("State", state),
        ("Last seen", moment(member.last_login)),
        ("Here since", moment(member.created_at)),
        ("Second factors", factors or "none yet"),
        ("Password", "must be changed at the next sign-in" if member.must_change_password else "chosen by themselves"),
    ]


def _limits(member: User) -> list[tuple[str, str, str]]:
    """Of each capability that moves cash: what it is, the limit for a day, what was done today."""
    house = institution()
    if member.branch is None or house is None:
        return []
    day = member.branch.business_date
    held = [capability for capability in LIMITED if allows(member, capability)]
    return [
        (
            words(capability),
            _limit(member, capability, day),
            str(moved_on(member, capability, day=day, currency=house.currency)),
        )
        for capability in held
    ]


def _limit(member: User, capability: Capability, day: date) -> str:
    limit = limit_of(member, capability, on=day)
    return "no limit" if limit is None else str(limit)


def _acts_for(user: Any, member: User) -> list[str]:
    """What this user may do to somebody now; nothing to oneself."""
    if not allows(user, Capability.USER_MANAGE) or member.pk == user.pk:
        return []
    names = ["password", "factors", "suspension"] if member.is_active else ["reinstatement"]
    return [*names, *(["unlock"] if is_locked(member, at=now()) and may_unlock(user, member) else [])]
