"""Opening a drawer on the branch's business day, pausing it, taking it up again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.drawers.models import (
    Drawer,
    DrawerCount,
    DrawerCountLine,
    DrawerSession,
    RecountOrder,
    VaultTransfer,
)
from portal.drawers.queries import held_in, same_lines
from portal.drawers.services.notes import counted_total, pieces
from portal.drawers.services.posting import limit_text, refuse_other_use
from portal.drawers.services.vault import take_up_float, waiting_float

_STATE = DrawerSession.State


@transactional
def open_session(*, drawer: Drawer, counts: Mapping[int, int], key: str, by: Any, at: datetime) -> DrawerSession:
    """Open a drawer on the branch's business day with what was counted in it: what lay there and the float that the
    vault handed to it, which is confirmed by this count and posted.

    `counts` maps a note's or coin's minor units to how many there are. The same key and counts answer with the session
    they opened. Refused: another branch's drawer, one that is open or retired, a second drawer for one person, a
    session left open on an earlier day, cash that the vault has not taken back yet, more than the drawer may hold, and a
    count that is not what lies there and was handed over.
    """
    drawer = (
        Drawer.objects.select_for_update(of=("self",), no_key=True).select_related("ledger_account").get(pk=drawer.pk)
    )
    counts = pieces(counts)
    known = DrawerCount.objects.filter(counted_by=by, key=key).select_related("session").first()
    if known is not None:
        return _same_opening(known, drawer, counts)
    _refuse_in_use(drawer, by)
    total = counted_total(counts, drawer.currency)
    if drawer.cash_limit_minor < total.minor:
        raise Refused(f"{drawer} may hold at most {limit_text(drawer, drawer.cash_limit_minor)}.", code="cash_limit")
    handed = waiting_float(drawer)
    _refuse_other_cash(drawer, handed, total)
    session = _begin(drawer, by, at)
    if handed is not None:
        take_up_float(transfer=handed, session=session, by=by, at=at)
    keep_count(session, DrawerCount.Kind.OPENING, counts, total, key=key, by=by, at=at)
    return session


@transactional
def pause_session(*, session: DrawerSession, by: Any, at: datetime) -> DrawerSession:
    """Stop serving for a while. Pausing what is paused changes nothing; a drawer that is being counted is refused."""
    return _switch(session, _STATE.PAUSED, by)


@transactional
def resume_session(*, session: DrawerSession, by: Any, at: datetime) -> DrawerSession:
    """Serve again. Refused once the closing count has begun, and while a count that was ordered is not made."""
    if RecountOrder.objects.filter(session=session, count=None).exists():
        raise Refused("Your manager wants this drawer counted first.", code="recount_ordered")
    return _switch(session, _STATE.ACTIVE, by)


def locked_session(session: DrawerSession, by: Any) -> DrawerSession:
    """Lock a session against serving and counting at once. Refuses anybody's but one's own."""
    found = (
        DrawerSession.objects.select_for_update(of=("self",), no_key=True)
        .select_related("drawer__branch", "drawer__ledger_account")
        .get(pk=session.pk)
    )
    if found.cashier_id != by.pk:
        raise Refused("This drawer is somebody else's.", code="not_yours")
    return found


def _switch(session: DrawerSession, state: DrawerSession.State, by: Any) -> DrawerSession:
    session = locked_session(session, by)
    if session.state not in {_STATE.ACTIVE, _STATE.PAUSED}:
        raise Refused(f"{session.drawer} is being counted or closed.", code="not_active")
    return session if session.state == state else in_state(session, state)


def in_state(session: DrawerSession, state: DrawerSession.State) -> DrawerSession:
    session.state = state
    session.save(update_fields=["state"])
    return session


def _same_opening(known: DrawerCount, drawer: Drawer, counts: Mapping[int, int]) -> DrawerSession:
    refuse_other_use(known.session.drawer_id == drawer.pk and same_lines(known, counts))
    return known.session


def _refuse_in_use(drawer: Drawer, by: Any) -> None:
    """A drawer has one person, a person one drawer, and yesterday's comes first."""
    if drawer.branch_id != by.branch_id:
        raise Refused("This drawer belongs to another branch.", code="other_branch", field="drawer")
    if not drawer.is_active:
        raise Refused(f"{drawer} is not in use any more.", code="retired", field="drawer")
    held = DrawerSession.objects.exclude(state=_STATE.CLOSED).select_related("drawer__branch", "cashier")
    own, others = held.filter(cashier=by).first(), held.filter(drawer=drawer).first()
    if own is not None and own.business_date < own.drawer.branch.business_date:
        raise Refused(f"Close {own.drawer} of {own.business_date:%d %B %Y} first.", code="unclosed")
    if own is not None:
        raise Refused(f"You have {own.drawer} open already.", code="person_has_drawer")
    if others is not None:
        raise Refused(f"{drawer} is open with {others.cashier}.", code="drawer_in_use", field="drawer")


def _refuse_other_cash(drawer: Drawer, handed: VaultTransfer | None, total: Money) -> None:
    """What was counted must be what the drawer holds and was handed. The float's amount is no secret; what lay there is."""
    going = drawer.vault_transfers.filter(state=VaultTransfer.State.WAITING, way=VaultTransfer.Way.TO_VAULT)
    if going.exists():
        message = f"The vault has not taken the cash of {drawer} yet. Ask who keeps the vault."
        raise Refused(message, code="return_waits", field="drawer")
    expected = held_in(drawer) + Money(handed.amount_minor if handed else 0, drawer.currency)
    if total == expected:
        return
    if handed is None:
        message = (
            f"This is not what the books say lies in {drawer}. Count again; cash from the vault is handed over there."
        )
        raise Refused(message, code="differs_from_books")
    float_text = limit_text(drawer, handed.amount_minor)
    message = (
        f"This is not the float of {float_text} with what lay in {drawer}. Count again, then ask who handed it over."
    )
    raise Refused(message, code="differs_from_float")


def _begin(drawer: Drawer, by: Any, at: datetime) -> DrawerSession:
    """The session's row. That one person opens two drawers at once only the database can see."""
    try:
        with transaction.atomic():
            return DrawerSession.objects.create(
                drawer=drawer, cashier=by, business_date=drawer.branch.business_date, opened_at=at
            )
    except IntegrityError as error:
        raise Refused("You opened another drawer a moment ago.", code="person_has_drawer") from error


def keep_count(
    session: DrawerSession, kind: str, counts: Mapping[int, int], total: Money, *, key: str, by: Any, at: datetime
) -> DrawerCount:
    count = DrawerCount.objects.create(
        session=session, kind=kind, total_minor=total.minor, counted_at=at, counted_by=by, key=key
    )
    lines = [DrawerCountLine(count=count, value_minor=value, quantity=each) for value, each in counts.items()]
    DrawerCountLine.objects.bulk_create(lines)
    return count
