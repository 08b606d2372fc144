"""What the counter asks a second person for: serving beyond a limit, and taking back beyond one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter import services
from portal.counter.models import CounterReversal, Visit
from portal.counter.services import reversing, visits
from portal.counter.services.legs import LEGS, Leg
from portal.counter.services.orders import Order
from portal.counter.services.subjects import ACCOUNT
from portal.deposits.receipts import receipt_of
from portal.drawers.models import DrawerSession
from portal.ledger.models import Entry

COUNTER_WAITS = timedelta(minutes=5)
"""Somebody stands at the counter: what nobody has answered by then is asked for again."""


@act(
    visits.ACT,
    title="Counter service beyond a limit",
    capability=Capability.CASH_APPROVE,
    asks=Capability.DRAWER_OPERATE,
    expires_after=COUNTER_WAITS,
)
class CounterVisit(Act):
    """Post the legs of a member's visit as they were sent, beyond the limits of drawer and cashier."""

    has_amount = True

    def check(self, payload: Payload) -> None:
        _refuse_unless_active(payload["session"])
        visit = Visit.objects.get(pk=payload["visit"])
        if visit.state not in {Visit.State.OPEN, Visit.State.ASKED}:
            raise Refused("This member does not wait any more.", code="over")
        for leg, order in _orders(payload):
            leg.about.figure(order.subject)

    def diff(self, payload: Payload) -> Sequence[Difference]:
        rows = []
        for leg, order in _orders(payload):
            before = leg.about.figure(order.subject)
            label = f"{leg.label} {order.amount}: {order.subject.customer.full_name} …{order.subject.last_four}"
            rows.append(Difference(label, before, leg.leaves(before, order.amount)))
            if order.target is not None:
                known = ACCOUNT.figure(order.target)
                label = f"To {order.target.customer.full_name} …{order.target.last_four}"
                rows.append(Difference(label, known, known + order.amount))
        return rows

    def summary(self, payload: Payload) -> str:
        legs = _orders(payload)
        leg, order = legs[0]
        more = f" and {len(legs) - 1} more" if len(legs) > 1 else ""
        return f"{leg.label} {order.amount} for {order.subject.customer.full_name}{more}"

    def concerns(self, payload: Payload) -> Concerned:
        orders = [order for _, order in _orders(payload)]
        subjects = [order.subject for order in orders] + [order.target for order in orders if order.target]
        return Concerned(customers=frozenset(subject.customer_id for subject in subjects))

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        visit = Visit.objects.select_related("session__drawer__branch").get(pk=payload["visit"])
        posted = services.post_approved(visit=visit, legs=list(payload["legs"]), approved_by=approved_by, by=by, at=at)
        return {"references": [leg.entry.reference for leg in posted.legs.select_related("entry") if leg.entry]}


@act(
    reversing.ACT,
    title="Reversal at the counter",
    capability=Capability.CASH_APPROVE,
    asks=Capability.CASH_REVERSE,
    expires_after=COUNTER_WAITS,
)
class Reversal(Act):
    """Take a movement of an open drawer session back."""

    has_amount = True

    def check(self, payload: Payload) -> None:
        session = _refuse_unless_active(payload["session"])
        entry = _entry(payload)
        reversing.movement_amount(session, entry)
        reversing.refuse_unreversible(entry, payload["reason"], payload["note"])
        if CounterReversal.objects.filter(entry=entry).exists():
            raise Refused("This was taken back before.", code="reversed")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        entry = _entry(payload)
        amount = reversing.movement_amount(_session(payload["session"]), entry)
        return [Difference(f"{entry.get_kind_display()} {entry.reference}", amount, Money.zero(amount.currency))]

    def summary(self, payload: Payload) -> str:
        entry = _entry(payload)
        amount = reversing.movement_amount(_session(payload["session"]), entry)
        return f"Take back {entry.get_kind_display().lower()} {entry.reference} of {amount}"

    def concerns(self, payload: Payload) -> Concerned:
        receipt = receipt_of(_entry(payload))
        concerned = [each for each in (receipt.source, receipt.target, receipt.concern) if each is not None]
        return Concerned(customers=frozenset(each.customer.pk for each in concerned))

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        done = services.reverse_movement(
            session=_session(payload["session"]),
            entry=_entry(payload),
            reason=payload["reason"],
            note=payload["note"],
            key=payload["key"],
            approved_by=approved_by,
            by=by,
            at=at,
        )
        return {"reference": done.reversal.reference}


def _orders(payload: Payload) -> list[tuple[Leg, Order]]:
    legs = [(LEGS[each["leg"]], each) for each in payload["legs"]]
    return [(leg, leg.read(contents)) for leg, contents in legs]


def _entry(payload: Payload) -> Entry:
    return Entry.objects.select_related("branch").get(pk=payload["entry"])


def _session(session_id: int) -> DrawerSession:
    return DrawerSession.objects.select_related("drawer__branch", "drawer__ledger_account").get(pk=session_id)


def _refuse_unless_active(session_id: int) -> DrawerSession:
    session = _session(session_id)
    if session.state != DrawerSession.State.ACTIVE:
        word = session.get_state_display().lower()
        raise Refused(f"{session.drawer} is {word}: its cashier must serve again first.", code="not_active")
    return session
