"""The cash position, live; having a drawer counted in between; taking over the drawer of somebody who is absent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.counter import queries
from portal.counter import services as counters
from portal.counter.pages.forms import ReasonForm, TakeOverForm
from portal.drawers import services
from portal.drawers.models import DrawerSession
from portal.drawers.pieces import CashForm
from portal.drawers.positions import positions_for
from portal.drawers.queries import open_session_of, recount_order, sessions_visible_to
from portal.institution.queries import denominations

POSITION, RECOUNT, SPOT = "counter/position.html", "counter/recount.html", "counter/spot_count.html"
TAKE_OVER = "counter/take_over.html"


@requires(Capability.VAULT_VIEW)
@require_safe
def counter_position(request: HttpRequest) -> HttpResponse:
    """What lies where at this moment, kept up to date while it is open."""
    found = positions_for(request.user)
    channels = ",".join(f"drawers:{each.branch.pk}" for each in found)
    context: dict[str, Any] = {"positions": found, "channels": channels}
    if allows(request.user, Capability.DRAWER_OVERSEE):
        context["paces"] = queries.paces(each.branch for each in found)
    return page(request, POSITION, context, partials=("position",))


@requires(Capability.DRAWER_OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_recount(request: HttpRequest, session_id: int) -> HttpResponse:
    """Have an open drawer counted now."""
    session = _overseen(request, session_id)
    form = ReasonForm(request.POST or None)
    context = {"session": session, "form": form}
    if request.method != "POST":
        return page(request, RECOUNT, context)
    if not form.is_valid():
        return refused(request, RECOUNT, context, form)
    try:
        services.order_recount(session=session, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as error:
        return refused(request, RECOUNT, context, form, error)
    messages.success(request, f"{session.drawer} stops serving until {session.cashier} has counted it.")
    return see_other(reverse("counter_position"))


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_spot_count(request: HttpRequest) -> HttpResponse:
    """The cashier counts the drawer in between, blind."""
    session = open_session_of(request.user)
    order = recount_order(session) if session is not None else None
    if session is None or order is None:
        return redirect("drawer_list")
    form = CashForm(request.POST or None, denominations=denominations(session.drawer.currency))
    context = {"session": session, "order": order, "form": form}
    if request.method != "POST":
        return page(request, SPOT, context)
    if not form.is_valid():
        return refused(request, SPOT, context, form)
    key = form.cleaned_data["key"]
    try:
        services.make_spot_count(session=session, counts=form.counts, key=key, by=request.user, at=now())
    except Refused as error:
        return refused(request, SPOT, context, form, error)
    messages.success(request, f"Counted. {session.drawer} serves again.")
    return see_other(reverse("counter"))


@requires(Capability.DRAWER_OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_take_over(request: HttpRequest, session_id: int) -> HttpResponse:
    """Count and close somebody else's drawer. Whoever waited aside there is dropped, by name."""
    session = _overseen(request, session_id)
    form = TakeOverForm(request.POST or None, denominations=denominations(session.drawer.currency))
    context = {"session": session, "form": form, "waiting": queries.unfinished(session)}
    if request.method != "POST":
        return page(request, TAKE_OVER, context)
    if not form.is_valid():
        return refused(request, TAKE_OVER, context, form)
    typed = form.cleaned_data
    try:
        after = counters.take_over_drawer(
            session=session, counts=form.counts, reason=typed["reason"], key=typed["key"], by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, TAKE_OVER, context, form, error)
    closed = after.state == DrawerSession.State.CLOSED
    said = "counted and closed" if closed else "counted; the difference waits for another person's decision"
    messages.success(request, f"{session.drawer} is {said}. The cash stays in it.")
    return see_other(reverse("drawer_report", args=[session.pk]))


def _overseen(request: HttpRequest, session_id: int) -> DrawerSession:
    """A session whose drawer this user looks after; 404 for every other."""
    session = get_object_or_404(sessions_visible_to(request.user), pk=session_id)
    if not services.oversees(request.user, session):
        raise Http404
    return session
