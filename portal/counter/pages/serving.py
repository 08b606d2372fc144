"""What the buttons under a member's form do: post, put aside, put to a visit, send to the manager, have it approved here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.spot import approver_at
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.counter import queries, services
from portal.counter.commands import CLOSING, DEPOSIT, LOAN, REPAYMENT, TRANSFER, WITHDRAWAL
from portal.counter.models import Visit
from portal.counter.pages import desk
from portal.counter.pages.forms import AskForm, LegForm, SpotForm
from portal.counter.services.legs import LEGS, Leg
from portal.drawers.models import DrawerSession
from portal.drawers.queries import open_session_of
from portal.people.models import Customer

DESK = "counter/desk.html"
NO_DRAWER = "Open a drawer first. Nothing was posted."
BEYOND = {"deposit_limit", "withdrawal_limit", "transfer_limit", "over_limit", "second_person"}
"""Refusals that a second person may lift."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A member's form as it was sent, by whom and in which session."""

    request: HttpRequest
    session: DrawerSession
    leg: Leg
    form: LegForm
    business: queries.Business
    visit: Visit | None

    @property
    def customer(self) -> Customer:
        return self.business.customer

    @property
    def ordered(self) -> dict[str, Any]:
        """What every service that takes a leg is told."""
        typed = {"leg": self.leg.name, "order": self.form.order, "key": self.form.cleaned_data["key"]}
        return {**typed, "by": self.request.user, "at": now()}


@requires(Capability.CASH_RECEIVE)
@require_POST
def counter_deposit(request: HttpRequest) -> HttpResponse:
    """Cash in."""
    return _serve(request, DEPOSIT)


@requires(Capability.CASH_PAY)
@require_POST
def counter_withdrawal(request: HttpRequest) -> HttpResponse:
    """Cash out."""
    return _serve(request, WITHDRAWAL)


@requires(Capability.COUNTER_TRANSFER)
@require_POST
def counter_transfer(request: HttpRequest) -> HttpResponse:
    """From a member's account to another."""
    return _serve(request, TRANSFER)


@requires(Capability.CASH_RECEIVE)
@require_POST
def counter_repayment(request: HttpRequest) -> HttpResponse:
    """Cash in, on a loan."""
    return _serve(request, REPAYMENT)


@requires(Capability.CASH_PAY)
@require_POST
def counter_closing(request: HttpRequest) -> HttpResponse:
    """Close an account and hand over what is left."""
    return _serve(request, CLOSING)


@requires(Capability.CASH_PAY)
@require_POST
def counter_loan(request: HttpRequest) -> HttpResponse:
    """An approved loan, paid out in cash."""
    return _serve(request, LOAN)


def wants(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for this part of the screen."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == target


def show(request: HttpRequest, session: DrawerSession, context: dict[str, Any]) -> HttpResponse:
    """The whole screen, or the side that htmx asks for."""
    whole = {} if wants(request, desk.SERVING) else desk.furniture(session)
    return page(request, DESK, desk.STILL | whole | context, partials=(desk.SERVING,))


def _serve(request: HttpRequest, name: str) -> HttpResponse:
    """Do what the pressed button says, or show the form again with everything typed and why nothing was posted."""
    session = open_session_of(request.user)
    if session is None:
        messages.error(request, NO_DRAWER)
        return see_other(reverse("counter_open"))
    turn = _turn(request, session, LEGS[name])
    pressed = request.POST.get("do", "post")
    error = None
    if turn.form.is_valid() or pressed == "park":
        try:
            return _BUTTONS.get(pressed, _post)(turn)
        except Refused as refusal:
            error = refusal
    return _again(turn, error, beyond=pressed in {"ask", "spot"} or (error is not None and error.code in BEYOND))


def _turn(request: HttpRequest, session: DrawerSession, leg: Leg) -> Turn:
    business = queries.business_by_number(request.user, request.POST.get("customer", ""))
    subjects = desk.to_choose(leg, desk.servable(session, business, leg), request.POST.get("account", ""))
    if not subjects:
        raise Http404
    number = request.POST.get("visit", "")
    visit = queries.visit_for(request.user, int(number)) if number.isdecimal() else None
    if visit is not None and (visit.session_id != session.pk or visit.customer_id != business.customer.pk):
        raise Http404
    form = desk.bound_form(leg, request.POST, subjects)
    return Turn(request, session, leg, form, business, visit)


def _again(turn: Turn, error: Refused | None, *, beyond: bool) -> HttpResponse:
    context = {"session": turn.session, "text": turn.customer.number}
    context |= desk.at_the_counter(turn.business, turn.leg)
    if turn.visit is not None:
        context |= desk.about_visit(turn.visit)
    if beyond:
        context |= {"beyond": True} | desk.asking_forms(turn.request.POST if "reason" in turn.request.POST else None)
    whole = {} if wants(turn.request, desk.SERVING) else desk.furniture(turn.session)
    return refused(turn.request, DESK, desk.STILL | whole | context, turn.form, error, partials=(desk.SERVING,))


def _post(turn: Turn) -> HttpResponse:
    """The next member waits: htmx gets the result at once, a plain form is led to its page."""
    if turn.visit is not None:
        return done_with(turn.request, turn.session, services.serve_in_visit(visit=turn.visit, **turn.ordered))
    ordered = turn.ordered
    order, at = ordered["order"], ordered["at"]
    posted = turn.leg.serve(
        order, session=turn.session, key=ordered["key"], approved_by=None, by=turn.request.user, at=at
    )
    if not wants(turn.request, desk.SERVING):
        return see_other(f"{reverse('counter')}?done={posted.reference}")
    context = desk.from_posting(turn.session, turn.leg, order.subject, order.amount, posted, at)
    return page(turn.request, DESK, desk.STILL | context, partials=(desk.SERVING,))


def done_with(request: HttpRequest, session: DrawerSession, visit: Visit) -> HttpResponse:
    """What became of a visit: posted, it is told with its papers; else its page."""
    if not wants(request, desk.SERVING):
        return see_other(f"{reverse('counter')}?visit={visit.pk}")
    found = queries.visit_for(request.user, visit.pk)
    posted = found.state == Visit.State.POSTED
    business = queries.business_of(request.user, found.customer)
    context = desk.from_visit(found) if posted else desk.returned(session, found, business)
    context.pop("receipt", None)  # its paper is asked for afterwards
    return page(request, DESK, desk.STILL | desk.furniture(session) | context, partials=(desk.SERVING,))


def _add(turn: Turn) -> HttpResponse:
    """One more leg for the visit; the next one is typed at once."""
    session, customer = turn.session, turn.customer
    visit = services.add_leg(session=session, customer=customer, visit=turn.visit, **turn.ordered)
    return done_with(turn.request, session, visit)


def _park(turn: Turn) -> HttpResponse:
    """The member waits aside, with all that was typed; the next one is served."""
    turn.form.is_valid()
    slot = turn.request.POST.get("slot", "")
    key = str(turn.visit.key) if turn.visit else turn.form.cleaned_data.get("key", "")
    if not key:
        raise Refused("This form was not complete. Find the member again.", code="key")
    services.park(
        session=turn.session,
        customer=turn.customer,
        draft=turn.form.draft,
        key=key,
        slot=int(slot) if slot.isdecimal() else None,
        by=turn.request.user,
        at=now(),
    )
    return idle(turn.request, turn.session)


def idle(request: HttpRequest, session: DrawerSession) -> HttpResponse:
    """The empty field, for the next member."""
    if not wants(request, desk.SERVING):
        return see_other(reverse("counter"))
    return page(request, DESK, desk.STILL | desk.furniture(session), partials=(desk.SERVING,))


def _ask(turn: Turn) -> HttpResponse:
    form = AskForm(turn.request.POST)
    if not form.is_valid():
        raise Refused("Say why the manager should allow this.", code="reason")
    reason = form.cleaned_data["reason"]
    session, customer = turn.session, turn.customer
    visit = services.send_to_manager(
        session=session, customer=customer, visit=turn.visit, reason=reason, **turn.ordered
    )
    return done_with(turn.request, session, visit)


def _spot(turn: Turn) -> HttpResponse:
    form = SpotForm(turn.request.POST)
    if not form.is_valid():
        message = "The manager's e-mail, password and code, and the reason, are all needed. Nothing was posted."
        raise Refused(message, code="proof")
    approver = approver_at(turn.request, **form.proof, at=now())
    visit = services.approve_here(
        session=turn.session,
        customer=turn.customer,
        visit=turn.visit,
        reason=form.cleaned_data["reason"],
        approver=approver,
        **turn.ordered,
    )
    return done_with(turn.request, turn.session, visit)


_BUTTONS: dict[str, Callable[[Turn], HttpResponse]] = {
    "post": _post,
    "add": _add,
    "park": _park,
    "ask": _ask,
    "spot": _spot,
}
