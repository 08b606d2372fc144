"""Ceilings of roles, daily limits of people."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.access.roles import Role
from portal.administration import queries
from portal.administration.pages.forms import CeilingForm, LimitForm
from portal.administration.services import bounds
from portal.approvals.limits import LIMITED, ceilings, words
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.institution.queries import institution

LIST, CEILING, LIMIT = (f"administration/{name}.html" for name in ("ceiling_list", "ceiling_ask", "limit_ask"))


@requires(Capability.USER_VIEW)
@require_safe
def ceiling_list(request: HttpRequest) -> HttpResponse:
    """The ceilings in force."""
    found = ceilings(on=now().date())
    rows = [(Role(role).label, words(capability), amount) for (role, capability), amount in found.items()]
    return page(request, LIST, {"rows": rows})


@requires(Capability.LIMIT_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def ceiling_ask(request: HttpRequest) -> HttpResponse:
    """Ask for another ceiling."""
    form = CeilingForm(request.POST or None, capabilities=bounds.capped(), currency=_currency())
    if request.method != "POST":
        return page(request, CEILING, {"form": form})
    if not form.is_valid():
        return refused(request, CEILING, {}, form)
    try:
        bounds.ask_for_ceiling(**form.cleaned_data, currency=_currency(), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, CEILING, {}, form, refusal)
    messages.success(request, "Asked for. Somebody else decides.")
    return see_other(reverse("approvals_asked"))


@requires(Capability.LIMIT_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def limit_ask(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask for another daily limit of one person."""
    member = get_object_or_404(queries.staff_visible_to(request.user), pk=user_id)
    held = [capability for capability in LIMITED if allows(member, capability)]
    form = LimitForm(request.POST or None, capabilities=held, currency=_currency())
    context = {"member": member}
    if request.method != "POST":
        return page(request, LIMIT, {**context, "form": form})
    if not form.is_valid():
        return refused(request, LIMIT, context, form)
    try:
        bounds.ask_for_limit(user=member, **form.cleaned_data, currency=_currency(), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, LIMIT, context, form, refusal)
    messages.success(request, "Asked for. Somebody else decides.")
    return see_other(reverse("staff_member", args=[member.pk]))


def _currency() -> str:
    house = institution()
    return house.currency if house else ""
