"""Members who wait aside, and visits of several legs: kept in the database until they are posted or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.approvals import services as approvals
from portal.approvals.models import Request
from portal.approvals.services import Approver
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.base.money import Money
from portal.counter.models import SLOTS, Visit, VisitLeg
from portal.counter.services.legs import LEGS
from portal.counter.services.orders import Order, kept
from portal.drawers import services as drawers
from portal.drawers.models import DrawerSession
from portal.live.services import announce
from portal.people.models import Customer

ACT = "counter_visit"
MOST_LEGS = 9
_STATE = Visit.State
_UNFINISHED = (_STATE.OPEN, _STATE.ASKED)


@transactional
def park(
    *,
    session: DrawerSession,
    customer: Customer,
    draft: Mapping[str, Any],
    key: str,
    slot: int | None = None,
    by: Any,
    at: datetime,
) -> Visit:
    """Let a member wait aside with what was typed; the same key parks the same visit again, with what is typed now.

    Without `slot` the first free place is taken. Refused: a drawer that is not one's own and active, a place that is
    taken, five who wait already.
    """
    drawers.lock_for_serving(session=session, by=by)
    visit = _by_key(session, key)
    if visit is None:
        return _begin(session, customer, draft, key=key, slot=slot, at=at)
    _refuse_unless_open(visit)
    visit.draft = dict(draft)
    visit.save(update_fields=["draft"])
    return visit


@transactional
def add_leg(
    *,
    session: DrawerSession,
    customer: Customer,
    visit: Visit | None,
    leg: str,
    order: Order,
    key: str,
    by: Any,
    at: datetime,
) -> Visit:
    """Put one leg to a visit, which begins with its first. Nothing is posted. The same key adds the same leg once.

    Refused: a drawer that is not one's own and active, a visit that is over or with the manager, more than nine legs.
    """
    drawers.lock_for_serving(session=session, by=by)
    visit = _locked(visit, session) if visit else _by_key(session, key)
    if visit is None:
        visit = _begin(session, customer, {}, key=key, slot=None, at=at)
    _refuse_unless_open(visit)
    legs = list(visit.legs.all())
    if any(each.contents["key"] == key for each in legs):
        return visit
    if len(legs) == MOST_LEGS:
        raise Refused(f"A visit has at most {MOST_LEGS} legs: post these first.", code="most_legs")
    VisitLeg.objects.create(visit=visit, position=len(legs) + 1, leg=leg, contents=kept(order) | {"key": str(key)})
    visit.draft = {}
    visit.save(update_fields=["draft"])
    return visit


@transactional
def post_visit(*, visit: Visit, by: Any, at: datetime) -> Visit:
    """Post all legs of a visit, each as its own entry, or none. Posting what is posted answers with what was.

    Refused: a drawer that is not one's own and active, a visit without legs, and what any leg refuses, naming it.
    """
    drawers.lock_for_serving(session=visit.session, by=by)
    visit = _locked(visit, visit.session)
    if visit.state == _STATE.POSTED:
        return visit
    _refuse_unless_open(visit)
    return _post(visit, [(each.leg, each.contents) for each in visit.legs.all()], approved_by=None, by=by, at=at)


@transactional
def ask_for_visit(*, visit: Visit, reason: str, by: Any, at: datetime) -> Request:
    """Send a visit's legs to the manager as they are; the member waits aside. An approval posts them all.

    Refused: a visit that is over or asked for already, one without legs, and what `approvals.ask` refuses.
    """
    drawers.lock_for_serving(session=visit.session, by=by)
    visit = _locked(visit, visit.session)
    _refuse_unless_open(visit)
    legs = [{"leg": each.leg, **each.contents} for each in visit.legs.all()]
    if not legs:
        raise Refused("There is nothing to ask for yet.", code="no_legs")
    session = visit.session
    payload = {"visit": visit.pk, "session": session.pk, "customer": visit.customer.number, "legs": legs}
    asked = approvals.ask(
        act=ACT,
        payload=payload,
        subject=visit.customer.number,
        reason=reason,
        branch=session.drawer.branch,
        amount=_sum(legs),
        by=by,
        at=at,
    )
    visit.state, visit.request = _STATE.ASKED, asked
    visit.save(update_fields=["state", "request"])
    return asked


@transactional
def approve_visit_here(*, visit: Visit, approver: Approver, reason: str, by: Any, at: datetime) -> Visit:
    """Ask and have it approved at once by somebody who has just proved at this screen who they are; all or nothing."""
    asked = ask_for_visit(visit=visit, reason=reason, by=by, at=at)
    approvals.approve_on_the_spot(request=asked, approver=approver, by=by, at=at)
    return Visit.objects.get(pk=visit.pk)


@transactional
def post_approved(*, visit: Visit, legs: list[Mapping[str, Any]], approved_by: Any, by: Any, at: datetime) -> Visit:
    """Post what a second person approved, as it was asked for. Called by the act. `by` is who asked."""
    drawers.lock_for_serving(session=visit.session, by=by)
    visit = _locked(visit, visit.session)
    if visit.state != _STATE.ASKED:
        raise Stale("This visit is over. Nothing was posted.")
    return _post(visit, [(each["leg"], each) for each in legs], approved_by=approved_by, by=by, at=at)


@transactional
def take_back(*, visit: Visit, by: Any, at: datetime) -> Visit:
    """Go on with a visit that was sent to the manager: what still waits there is withdrawn. Refused: what was posted."""
    visit = _locked(visit, visit.session, by=by)
    if visit.state != _STATE.ASKED or visit.request is None:
        raise Stale("This visit does not wait for anybody.")
    if visit.request.state == Request.State.WAITING:
        approvals.withdraw(request=visit.request, by=by, at=at)
    visit.state, visit.request = _STATE.OPEN, None
    visit.save(update_fields=["state", "request"])
    return visit


@transactional
def settle(*, visit: Visit, by: Any, at: datetime) -> Visit:
    """Free a visit's place: what is posted was handed over; what is not is dropped, and a question to the manager withdrawn."""
    visit = _locked(visit, visit.session, by=by)
    if visit.state in _UNFINISHED:
        if visit.request is not None and visit.request.state == Request.State.WAITING:
            approvals.withdraw(request=visit.request, by=by, at=at)
        visit.state, visit.ended_at = _STATE.DROPPED, at
    visit.slot = None
    visit.save(update_fields=["state", "ended_at", "slot"])
    return visit


@transactional
def close_drawer(
    *, session: DrawerSession, counts: Mapping[int, int], note: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """`count_session`, once nobody waits aside any more. Refused with the names of those who do."""
    DrawerSession.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
    waiting = Visit.objects.filter(session=session, state__in=_UNFINISHED).select_related("customer")
    if waiting:
        names = ", ".join(visit.customer.full_name for visit in waiting)
        raise Refused(f"Still waiting aside: {names}. Post or drop what waits, then count.", code="parked")
    Visit.objects.filter(session=session, slot__isnull=False).update(slot=None)
    return drawers.count_session(session=session, counts=counts, note=note, key=key, by=by, at=at)


@transactional
def take_over_drawer(
    *, session: DrawerSession, counts: Mapping[int, int], reason: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """`drawers.take_over`, which also ends what waited aside there: nobody is at that counter any more."""
    after = drawers.take_over(session=session, counts=counts, reason=reason, key=key, by=by, at=at)
    Visit.objects.filter(session=session, state__in=_UNFINISHED).update(state=_STATE.DROPPED, ended_at=at, slot=None)
    Visit.objects.filter(session=session, slot__isnull=False).update(slot=None)
    return after


def _post(visit: Visit, legs: list[tuple[str, Mapping[str, Any]]], *, approved_by: Any, by: Any, at: datetime) -> Visit:
    if not legs:
        raise Refused("There is nothing to post yet.", code="no_legs")
    for position, (name, contents) in enumerate(legs, start=1):
        key = f"{visit.key}:{position}"
        try:
            order = LEGS[name].read(contents)
            posted = LEGS[name].serve(order, session=visit.session, key=key, approved_by=approved_by, by=by, at=at)
        except Refused as refusal:
            where = f"Leg {position}, {LEGS[name].label.lower()}: " if len(legs) > 1 else ""
            raise Refused(where + refusal.message, code=refusal.code) from refusal
        visit.legs.filter(position=position).update(entry=posted.entry_id)
    visit.state, visit.ended_at, visit.draft = _STATE.POSTED, at, {}
    if approved_by is None:
        visit.slot = None
    visit.save(update_fields=["state", "ended_at", "draft", "slot"])
    announce(f"user:{by.pk}", ["visits"])
    return visit


def _begin(
    session: DrawerSession, customer: Customer, draft: Mapping[str, Any], *, key: str, slot: int | None, at: datetime
) -> Visit:
    taken = set(Visit.objects.filter(session=session, slot__isnull=False).values_list("slot", flat=True))
    free = next((each for each in SLOTS if each not in taken), None) if slot is None else slot
    if free is None:
        raise Refused("Five members wait already. Finish with one of them first.", code="no_slot")
    if free in taken or free not in SLOTS:
        raise Refused(f"Place {free} is taken.", code="slot_taken")
    return Visit.objects.create(
        session=session, customer=customer, key=UUID(str(key)), slot=free, draft=dict(draft), opened_at=at
    )


def _by_key(session: DrawerSession, key: str) -> Visit | None:
    return Visit.objects.select_for_update(of=("self",)).filter(session=session, key=key).first()


def _locked(visit: Visit, session: DrawerSession, *, by: Any = None) -> Visit:
    """The visit as it is now, held; only for the cashier of its session."""
    related = ("session__drawer__branch", "session__drawer__ledger_account", "customer", "request")
    found = Visit.objects.select_for_update(of=("self",)).select_related(*related).get(pk=visit.pk)
    if found.session_id != session.pk or (by is not None and found.session.cashier_id != by.pk):
        raise Refused("This member waits at another drawer.", code="not_yours")
    return found


def _refuse_unless_open(visit: Visit) -> None:
    if visit.state == _STATE.ASKED:
        raise Refused("This visit is with the manager. Take it back to change it.", code="asked")
    if visit.state != _STATE.OPEN:
        raise Stale(f"This visit is over: {visit.get_state_display().lower()}. Nothing more was done.")


def _sum(legs: list[dict[str, Any]]) -> Money:
    return Money(sum(each["amount_minor"] for each in legs), legs[0]["currency"])
