"""One press of a button at the counter that is more than one step: each is one transaction, sent twice it counts once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.approvals.services import Approver
from portal.base.db import transactional
from portal.counter.models import Visit
from portal.counter.services.orders import Order
from portal.counter.services.visits import add_leg, approve_visit_here, ask_for_visit, post_visit
from portal.drawers.models import DrawerSession
from portal.people.models import Customer


@transactional
def serve_in_visit(*, visit: Visit, leg: str, order: Order, key: str, by: Any, at: datetime) -> Visit:
    """Put a last leg to a visit and post all. Refused like `add_leg` and `post_visit`."""
    if Visit.objects.filter(pk=visit.pk, state=Visit.State.POSTED).exists():
        return visit
    grown = add_leg(
        session=visit.session, customer=visit.customer, visit=visit, leg=leg, order=order, key=key, by=by, at=at
    )
    return post_visit(visit=grown, by=by, at=at)


@transactional
def send_to_manager(
    *,
    session: DrawerSession,
    customer: Customer,
    visit: Visit | None,
    leg: str,
    order: Order,
    key: str,
    reason: str,
    by: Any,
    at: datetime,
) -> Visit:
    """Let a member wait aside while a manager looks at what was typed. Refused like `add_leg` and `ask_for_visit`."""
    known = _over(session, key)
    if known is not None:
        return known
    grown = add_leg(session=session, customer=customer, visit=visit, leg=leg, order=order, key=key, by=by, at=at)
    ask_for_visit(visit=grown, reason=reason, by=by, at=at)
    return Visit.objects.get(pk=grown.pk)


@transactional
def approve_here(
    *,
    session: DrawerSession,
    customer: Customer,
    visit: Visit | None,
    leg: str,
    order: Order,
    key: str,
    reason: str,
    approver: Approver,
    by: Any,
    at: datetime,
) -> Visit:
    """Post what was typed by leave of somebody who has just proved at this screen who they are; all or nothing."""
    known = _over(session, key)
    if known is not None:
        return known
    grown = add_leg(session=session, customer=customer, visit=visit, leg=leg, order=order, key=key, by=by, at=at)
    return approve_visit_here(visit=grown, approver=approver, reason=reason, by=by, at=at)


def _over(session: DrawerSession, key: str) -> Visit | None:
    """What the same key began before, where it is out of the cashier's hands already."""
    return Visit.objects.filter(session=session, key=key).exclude(state=Visit.State.OPEN).first()
