"""The cash that passes through an open drawer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money, format_amount
from portal.base.prepared import prepared_query
from portal.drawers.models import CashMovement, Drawer, DrawerSession
from portal.drawers.queries import drawers_channel, held_in
from portal.drawers.services.notes import counted_total, kept, pieces
from portal.drawers.services.posting import limit_text
from portal.ledger.services import Posted
from portal.live.services import announce

_STATE = DrawerSession.State


def lock_for_serving(*, session: DrawerSession, by: Any) -> None:
    """Hold the session as it is until the transaction ends, so that nobody counts meanwhile.

    Refused: somebody else's, one that is paused, counted or closed, one of a day that is not the branch's open day.
    """
    [locked] = _locked(session.pk)
    state, day = locked.state, locked.business_date
    if locked.cashier_id != by.pk:
        raise Refused("This drawer is somebody else's.", code="not_yours")
    if state != _STATE.ACTIVE:
        words = {_STATE.PAUSED: "is paused: resume it first", _STATE.COUNTED: "is being counted"}
        said = words.get(_STATE(state), "is closed: open a drawer first")
        raise Refused(f"{session.drawer} {said}. Nothing was posted.", code="not_active")
    if day != locked.drawer.branch.business_date:
        message = f"{session.drawer} is still open on {day:%d %B %Y}: close it first. Nothing was posted."
        raise Refused(message, code="wrong_day")


@prepared_query
def _locked(session: int) -> QuerySet[DrawerSession]:
    found = DrawerSession.objects.select_related("drawer__branch").filter(pk=session)
    return found.select_for_update(of=("self",), no_key=True)


def check_receipt(
    *, session: DrawerSession, amount: Money, notes: Mapping[int, int], is_approved: bool = False
) -> None:
    """Refuse cash that this drawer may not take in: above the deposit limit, above what it may hold, notes that differ.

    `is_approved`: a second person gave leave to go above the limit.
    """
    drawer = session.drawer
    _check(drawer, amount, None if is_approved else drawer.deposit_limit_minor, notes, "deposit")
    if (held_in(drawer) + amount).minor > drawer.cash_limit_minor:
        message = f"{drawer} would hold more than {limit_text(drawer, drawer.cash_limit_minor)}. Take cash to the vault first."
        raise Refused(f"{message} Nothing was posted.", code="cash_limit", field="amount")


def check_payment(
    *, session: DrawerSession, amount: Money, notes: Mapping[int, int], is_approved: bool = False
) -> None:
    """Refuse cash that this drawer may not pay out: above the withdrawal limit, more than it holds, notes that differ.

    `is_approved`: a second person gave leave to go above the limit.
    """
    drawer = session.drawer
    _check(drawer, amount, None if is_approved else drawer.withdrawal_limit_minor, notes, "withdrawal")
    if held_in(drawer) < amount:
        message = f"{drawer} does not hold {format_amount(amount)}. Fetch cash from the vault. Nothing was posted."
        raise Refused(message, code="drawer_short", field="amount")


@transactional
def record_movement(
    *,
    session: DrawerSession,
    posted: Posted,
    way: CashMovement.Way,
    amount: Money,
    notes: Mapping[int, int],
    by: Any,
    at: datetime,
    identity_seen: bool = False,
) -> CashMovement:
    """Write down that an entry's cash went into or out of the drawer; an entry posted before keeps its first record."""
    if posted.replayed:
        return CashMovement.objects.get(entry_id=posted.entry_id)
    announce(drawers_channel(session.drawer))
    return CashMovement.objects.create(
        session=session,
        entry_id=posted.entry_id,
        way=way,
        amount_minor=amount.minor,
        notes=kept(pieces(notes)),
        identity_seen=identity_seen,
    )


def check_transfer(*, session: DrawerSession, amount: Money, is_approved: bool = False) -> None:
    """Refuse what is moved between accounts at this drawer: another currency, above the withdrawal limit."""
    limit_minor = None if is_approved else session.drawer.withdrawal_limit_minor
    _check(session.drawer, amount, limit_minor, {}, "transfer")


def _check(drawer: Drawer, amount: Money, limit_minor: int | None, notes: Mapping[int, int], noun: str) -> None:
    if amount.currency != drawer.currency or amount.minor <= 0:
        raise Refused(f"{drawer} takes amounts above 0 in {drawer.currency}.", code="amount", field="amount")
    if limit_minor is not None and amount.minor > limit_minor:
        message = f"A {noun} above {limit_text(drawer, limit_minor)} needs a manager's approval. Nothing was posted."
        raise Refused(message, code=f"{noun}_limit", field="amount")
    given = pieces(notes)
    total = counted_total(given, drawer.currency)
    if given and total != amount:
        message = (
            f"The notes come to {format_amount(total)}, the amount is {format_amount(amount)}. Nothing was posted."
        )
        raise Refused(message, code="notes_differ", field="amount")
