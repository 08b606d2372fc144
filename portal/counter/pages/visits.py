"""Members who wait aside: returning to them, posting a visit of several legs, and the manager's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.spot import approver_at
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.origin import address_of
from portal.base.render import UNPROCESSABLE, page, see_other
from portal.counter import queries, services
from portal.counter.models import Visit
from portal.counter.pages import desk
from portal.counter.pages.forms import AskForm, SpotForm
from portal.counter.pages.serving import BEYOND, DESK, done_with, idle, show, wants
from portal.documents.papers import note_paper, papers_made
from portal.documents.qr import qr_svg
from portal.drawers.models import DrawerSession
from portal.drawers.queries import open_session_of

VISIT, PAPER = "counter/visit.html", "visit"


@requires(Capability.DRAWER_OPERATE)
@require_safe
def counter_aside(request: HttpRequest) -> HttpResponse:
    """Who waits aside and what the manager answered: the bar, which asks for itself again."""
    session = open_session_of(request.user)
    if session is None:
        return redirect("counter_open")
    if not wants(request, "parked"):
        return redirect("counter")
    return page(request, DESK, desk.STILL | desk.aside(session), partials=("parked",))


@requires(Capability.DRAWER_OPERATE)
@require_safe
def counter_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The receipt of a visit that was posted: all its legs on one paper."""
    visit = queries.visit_for(request.user, visit_id)
    printed = request.GET.get("printed", "")
    noted = printed.isdecimal() and int(printed) == papers_made(PAPER, str(visit.pk)) - 1
    context = _paper(request, visit, int(printed) if noted else None)
    return page(request, VISIT, context, partials=("paper",))


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_visit_print(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Note that the receipt of a visit is printed now, and show it as it is printed: the original, or COPY and its number."""
    visit = queries.visit_for(request.user, visit_id)
    if visit.state != Visit.State.POSTED:
        raise Http404
    reference = str(visit.pk)
    copy = note_paper(kind=PAPER, reference=reference, paper="screen", key=new_key(), by=request.user, at=now())
    if not getattr(request, "htmx", False):
        return see_other(f"{reverse('counter_visit', args=[visit.pk])}?printed={copy}")
    return page(request, VISIT, _paper(request, visit, copy), partials=("paper",))


def _paper(request: HttpRequest, visit: Visit, printing: int | None) -> dict[str, Any]:
    """A visit's receipt; `printing` is which copy is printed now, else the mark is that of the next printing."""
    context = desk.about_visit(visit)
    context |= {"copy": papers_made(PAPER, str(visit.pk)) if printing is None else printing, "printing": printing}
    if visit.state == Visit.State.POSTED:
        first = context["legs"][0]
        address = address_of(request, "receipt_verify", first.reference, first.code)
        context["check_qr"] = qr_svg(address, label="Address where the first leg can be checked")
    return context


@requires(Capability.DRAWER_OPERATE)
@require_POST
def counter_visit_act(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Post all legs, send them to the manager, have them approved here, take them back, or free the place."""
    visit = queries.visit_for(request.user, visit_id)
    session = open_session_of(request.user)
    if session is None or session.pk != visit.session_id:
        messages.error(request, "This member waited at a drawer that is closed now.")
        return see_other(reverse("counter"))
    try:
        return _BUTTONS.get(request.POST.get("do", ""), _post)(request, session, visit)
    except Refused as refusal:
        return _again(request, session, visit.pk, refusal)


def shown(request: HttpRequest, session: DrawerSession, visit_id: str) -> HttpResponse:
    """The screen with a visit: with what was typed, with the manager's answer, or with what was posted."""
    number = int(visit_id) if visit_id.isdecimal() else 0
    visit = queries.visit_for(request.user, number)
    if visit.state == Visit.State.POSTED and visit.slot is None:
        return show(request, session, {"session": session} | desk.from_visit(visit))
    business = queries.business_of(request.user, visit.customer)
    return show(request, session, desk.returned(session, visit, business, request.GET.get("leg", "")))


def _again(request: HttpRequest, session: DrawerSession, visit_id: int, refusal: Refused) -> HttpResponse:
    """The visit as it stands, with why nothing was done."""
    visit = queries.visit_for(request.user, visit_id)
    business = queries.business_of(request.user, visit.customer)
    context = desk.returned(session, visit, business) | {"refusal": refusal.message}
    if refusal.code in BEYOND or request.POST.get("do") in {"ask", "spot"}:
        context |= {"beyond_visit": True} | desk.asking_forms(request.POST if "reason" in request.POST else None)
    whole = {} if wants(request, desk.SERVING) else desk.furniture(session)
    return page(request, DESK, desk.STILL | whole | context, partials=(desk.SERVING,), status=UNPROCESSABLE)


def _post(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    return done_with(request, session, services.post_visit(visit=visit, by=request.user, at=now()))


def _ask(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    form = AskForm(request.POST)
    if not form.is_valid():
        raise Refused("Say why the manager should allow this.", code="reason")
    services.ask_for_visit(visit=visit, reason=form.cleaned_data["reason"], by=request.user, at=now())
    return done_with(request, session, visit)


def _spot(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    form = SpotForm(request.POST)
    if not form.is_valid():
        message = "The manager's e-mail, password and code, and the reason, are all needed. Nothing was posted."
        raise Refused(message, code="proof")
    approver = approver_at(request, **form.proof, at=now())
    reason = form.cleaned_data["reason"]
    done = services.approve_visit_here(visit=visit, approver=approver, reason=reason, by=request.user, at=now())
    return done_with(request, session, done)


def _back(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    return done_with(request, session, services.take_back(visit=visit, by=request.user, at=now()))


def _settle(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    services.settle(visit=visit, by=request.user, at=now())
    return idle(request, session)


_BUTTONS: dict[str, Callable[[HttpRequest, DrawerSession, Visit], HttpResponse]] = {
    "post": _post,
    "ask": _ask,
    "spot": _spot,
    "back": _back,
    "settle": _settle,
}
