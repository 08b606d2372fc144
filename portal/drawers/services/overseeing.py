"""What a manager does with a drawer of the branch: has it counted now, or takes it over from somebody who is absent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.drawers.models import DrawerCount, DrawerSession, RecountOrder, TakeOver
from portal.drawers.queries import TAKE_OVER_ACT, drawers_channel, held_in, recount_order, waiting_variance
from portal.drawers.services.counting import book_variance, close
from portal.drawers.services.notes import counted_total, pieces
from portal.drawers.services.sessions import in_state, keep_count, locked_session
from portal.live.services import announce

_STATE = DrawerSession.State


def oversees(user: Any, session: DrawerSession) -> bool:
    """Whether somebody looks after this session's drawer."""
    scope = scope_of(user, Capability.DRAWER_OVERSEE)
    return scope is Scope.ALL or (scope is Scope.BRANCH and user.branch_id == session.drawer.branch_id)


@transactional
def order_recount(*, session: DrawerSession, reason: str, by: Any, at: datetime) -> RecountOrder:
    """Have an open drawer counted now: it stops serving, and its cashier is asked for the count.

    Refused: whoever does not look after it, no reason, a drawer that is being counted or closed, a second order.
    """
    session = _overseen(session, by)
    if not reason.strip():
        raise Refused("Say why: the cashier will read it.", code="reason", field="reason")
    if session.state not in {_STATE.ACTIVE, _STATE.PAUSED}:
        raise Refused(f"{session.drawer} is being counted or closed.", code="not_active")
    if recount_order(session) is not None:
        raise Refused("This drawer has been asked for a count already.", code="ordered")
    in_state(session, _STATE.PAUSED)
    announce(f"user:{session.cashier_id}", ["recount"])
    announce(drawers_channel(session.drawer))
    return RecountOrder.objects.create(session=session, reason=reason.strip()[:140], ordered_by=by, ordered_at=at)


@transactional
def make_spot_count(
    *, session: DrawerSession, counts: Mapping[int, int], key: str, by: Any, at: datetime
) -> DrawerSession:
    """The cashier counts in between, blind: only the manager sees what the books said. The drawer serves again.

    Refused: somebody else's drawer, and one that nobody wants counted.
    """
    session = locked_session(session, by)
    known = DrawerCount.objects.filter(counted_by=by, key=key, session=session).first()
    if known is not None:
        return session
    order = recount_order(session)
    if order is None:
        raise Refused("Nobody waits for a count of this drawer.", code="not_ordered")
    counts = pieces(counts)
    total = counted_total(counts, session.drawer.currency)
    count = keep_count(session, DrawerCount.Kind.SPOT, counts, total, key=key, by=by, at=at)
    order.count, order.expected_minor = count, held_in(session.drawer).minor
    order.save(update_fields=["count", "expected_minor"])
    announce(drawers_channel(session.drawer))
    return in_state(session, _STATE.ACTIVE)


@transactional
def take_over(
    *, session: DrawerSession, counts: Mapping[int, int], reason: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """Count and close the drawer of somebody who is absent. The cash stays in it: who opens it next counts it again.

    A difference within the tolerance goes to cash over and short; a larger one waits for another person's decision, and
    the drawer with it. Refused: whoever does not look after it, one's own, a closed one, no reason, a count that its
    cashier made and somebody decides on, cash from the vault that nobody took.
    """
    session = _overseen(session, by)
    known = DrawerCount.objects.filter(counted_by=by, key=key, session=session).first()
    if known is not None:
        return session
    if session.state == _STATE.CLOSED:
        raise Refused("This drawer is closed already.", code="closed")
    if not reason.strip():
        raise Refused("Say why the drawer is taken over.", code="reason", field="reason")
    if waiting_variance(session) is not None or hasattr(session, "take_over"):
        raise Refused("A count of this drawer waits for a decision.", code="waits_for_decision")
    counts = pieces(counts)
    counted, expected = counted_total(counts, session.drawer.currency), held_in(session.drawer)
    kind = DrawerCount.Kind.CLOSING if session.state != _STATE.COUNTED else DrawerCount.Kind.RECOUNT
    keep_count(session, kind, counts, counted, key=key, by=by, at=at)
    TakeOver.objects.create(session=session, reason=reason.strip()[:140], by=by, at=at)
    if abs(counted - expected).minor > session.drawer.tolerance_minor:
        in_state(session, _STATE.COUNTED)
        _ask(session, expected, counted, reason=reason, key=key, by=by, at=at)
        return session
    if counted != expected:
        book_variance(session, expected, counted, note=reason, key=key, by=by, at=at)
    return close(session, at)


@transactional
def settle_take_over(
    *, session: DrawerSession, expected: Money, counted: Money, note: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """Book the difference of a drawer that was taken over, which somebody else has accepted, and close the session."""
    session = _locked(session)
    if session.state != _STATE.COUNTED:
        raise Refused("This drawer is not waiting for a decision any more.", code="over")
    if held_in(session.drawer) != expected:
        raise Refused("The books have changed since this was counted.", code="changed")
    book_variance(session, expected, counted, note=note, key=key, by=by, at=at)
    return close(session, at)


def _ask(
    session: DrawerSession, expected: Money, counted: Money, *, reason: str, key: str, by: Any, at: datetime
) -> None:
    payload = {
        "session": session.pk,
        "expected_minor": expected.minor,
        "counted_minor": counted.minor,
        "note": reason.strip()[:140],
        "key": str(key),
    }
    ask(
        act=TAKE_OVER_ACT,
        payload=payload,
        subject=f"{session.drawer} {session.business_date}",
        reason=reason,
        branch=session.drawer.branch,
        amount=abs(counted - expected),
        by=by,
        at=at,
    )


def _locked(session: DrawerSession) -> DrawerSession:
    related = ("drawer__branch", "drawer__ledger_account", "cashier")
    return (
        DrawerSession.objects.select_for_update(of=("self",), no_key=True).select_related(*related).get(pk=session.pk)
    )


def _overseen(session: DrawerSession, by: Any) -> DrawerSession:
    session = _locked(session)
    if not oversees(by, session) or session.cashier_id == by.pk:
        raise Refused("You do not look after this drawer.", code="not_yours")
    return session
