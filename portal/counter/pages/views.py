"""The teller screen, and the drawer that goes with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.counter import queries, services
from portal.counter.commands import read_command
from portal.counter.pages import desk
from portal.counter.pages.forms import CloseForm
from portal.counter.pages.serving import DESK, show, wants
from portal.counter.pages.visits import shown
from portal.deposits.receipts import receipt_for
from portal.drawers import services as drawers
from portal.drawers.models import DrawerSession
from portal.drawers.pieces import DrawerCashForm
from portal.drawers.queries import drawers_for, free_drawers_for, open_session_of, recount_order, waiting_variance
from portal.institution.queries import denominations
from portal.people.services import note_view


@requires(Capability.DRAWER_OPERATE)
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """The teller screen: empty, with a member (`?q=`), one who waited aside (`?visit=`), or what was posted (`?done=`)."""
    session = open_session_of(request.user)
    if session is None or session.state == DrawerSession.State.COUNTED:
        return redirect("counter_open" if session is None else "counter_close")
    context: dict[str, Any] = {"session": session}
    if session.state == DrawerSession.State.PAUSED:
        context["order"] = recount_order(session)
    text = request.GET.get("q", "").strip()
    if request.GET.get("visit") and session.state == DrawerSession.State.ACTIVE:
        return shown(request, session, request.GET["visit"])
    if request.GET.get("done"):
        context |= desk.from_receipt(receipt_for(request.user, request.GET["done"]))
    elif text and session.state == DrawerSession.State.ACTIVE:
        context |= _looked_up(request, session, text)
    return show(request, session, context)


def _looked_up(request: HttpRequest, session: DrawerSession, text: str) -> dict[str, Any]:
    """Whom the command found. That a member's card was shown is written down."""
    command = read_command(text)
    found = queries.find(request.user, command)
    if found.business is not None:
        note_view(customer=found.business.customer, viewer=request.user, reason="Counter", at=now())
    return desk.looked_up(session, text, command, found)


@requires(Capability.DRAWER_OPERATE)
@require_safe
def counter_find(request: HttpRequest) -> HttpResponse:
    """Members whom the words typed so far could mean: the list under the field, or a page of them."""
    text = request.GET.get("q", "")
    command = read_command(text)
    context = {"text": text, "command": command, "choices": queries.search(request.user, command)}
    if wants(request, "results"):
        return page(request, DESK, desk.STILL | context, partials=("results",))
    session = open_session_of(request.user)
    if session is None:
        return redirect("counter_open")
    return page(request, DESK, desk.STILL | desk.furniture(session) | context)


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_next(request: HttpRequest) -> HttpResponse:
    """Call the next number of the branch's queue to this drawer."""
    session = open_session_of(request.user)
    if session is None:
        return see_other(reverse("counter_open"))
    try:
        call = services.call_next(session=session, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(reverse("counter"))
    if wants(request, "call"):
        return page(request, DESK, desk.STILL | {"session": session, "call": call}, partials=("call",))
    return see_other(reverse("counter"))


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_open(request: HttpRequest) -> HttpResponse:
    """Count the float and open a drawer."""
    if request.method != "POST" and open_session_of(request.user) is not None:
        return redirect("counter")
    offering = drawers_for if request.method == "POST" else free_drawers_for
    offered = list(offering(request.user))
    currency = offered[0].currency if offered else ""
    form = DrawerCashForm(request.POST or None, drawers=offered, denominations=denominations(currency))
    context = {"form": form, "drawers": offered, "floats": desk.floats(request.user)}
    if request.method != "POST":
        return page(request, "counter/open.html", context)
    if not form.is_valid():
        return refused(request, "counter/open.html", context, form)
    chosen = next(drawer for drawer in offered if str(drawer.pk) == form.cleaned_data["drawer"])
    try:
        key = form.cleaned_data["key"]
        drawers.open_session(drawer=chosen, counts=form.counts, key=key, by=request.user, at=now())
    except Refused as error:
        return refused(request, "counter/open.html", context, form, error)
    return see_other(reverse("counter"))


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_pause(request: HttpRequest) -> HttpResponse:
    """Stop serving for a while."""
    return _switch(request, drawers.pause_session)


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_resume(request: HttpRequest) -> HttpResponse:
    """Serve again."""
    return _switch(request, drawers.resume_session)


def _switch(request: HttpRequest, change: Any) -> HttpResponse:
    session = open_session_of(request.user)
    if session is not None:
        try:
            change(session=session, by=request.user, at=now())
        except Refused as error:
            messages.error(request, error.message)
    return see_other(reverse("counter"))


@requires(Capability.DRAWER_OPERATE)
@require_http_methods(["GET", "HEAD", "POST"])
def counter_close(request: HttpRequest) -> HttpResponse:
    """Count the drawer blind. The first count that does not agree asks for a second, without a word about amounts."""
    session = open_session_of(request.user)
    if session is None:
        return redirect("counter_open")
    recount = session.state == DrawerSession.State.COUNTED
    form = CloseForm(request.POST or None, denominations=denominations(session.drawer.currency), recount=recount)
    context = {"form": form, "session": session, "recount": recount, "waiting": queries.unfinished(session)}
    context["waits"] = recount and waiting_variance(session) is not None
    if request.method != "POST":
        return page(request, "counter/close.html", context)
    if not form.is_valid():
        return refused(request, "counter/close.html", context, form)
    typed = form.cleaned_data
    try:
        after = services.close_drawer(
            session=session, counts=form.counts, note=typed["note"], key=typed["key"], by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, "counter/close.html", context, form, error)
    if after.state == DrawerSession.State.COUNTED:
        return see_other(reverse("counter_close"))
    return see_other(reverse("drawer_report", args=[after.pk]))
