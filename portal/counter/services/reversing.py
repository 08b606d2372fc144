"""Taking a movement of the counter back: an entry that is its exact opposite, with a reason, linked both ways."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.counter.models import CounterReversal, CounterTransfer
from portal.counter.services.receiving import posted_as
from portal.counter.services.subjects import about
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import lock_for_serving, record_movement
from portal.ledger.chart import CASH_OVER_SHORT, branch_account
from portal.ledger.models import Entry, EntryKind
from portal.ledger.services import NewEntry, credit, debit, post

ACT = "counter_reversal"


@transactional
def reverse_movement(
    *,
    session: DrawerSession,
    entry: Entry,
    reason: str,
    note: str,
    key: str,
    approved_by: Any = None,
    by: Any,
    at: datetime,
) -> CounterReversal:
    """Take back what was posted in one's own open session; the cash goes back the way it came.

    The same key answers with the first reversal. Refused: another session's movement, one that was taken back, cards and
    shares (their registers keep count by themselves), "something else" without a note, an amount above the drawer's limit
    for reversals (code `reversal_limit`) unless somebody approved it, and money that has left the account since.
    """
    lock_for_serving(session=session, by=by)
    known = CounterReversal.objects.filter(entry=entry).first()
    if known is not None:
        raise Refused("This was taken back before. Nothing more was done.", code="reversed")
    amount = movement_amount(session, entry)
    refuse_unreversible(entry, reason, note)
    if approved_by is None and amount.minor > session.drawer.reversal_limit_minor:
        limit = Money(session.drawer.reversal_limit_minor, amount.currency)
        message = f"Above {limit} somebody else must approve a reversal. Nothing was posted."
        raise Refused(message, code="reversal_limit")
    reversal = about(entry).undo(entry, reason=_words(reason, note), key=key, by=by, at=at)
    movement = CashMovement.objects.filter(session=session, entry=entry).first()
    if movement is not None:
        posted = posted_as(reversal)
        back = CashMovement.Way.OUT if movement.way == CashMovement.Way.IN else CashMovement.Way.IN
        notes = {int(value): pieces for value, pieces in movement.notes.items()}
        record_movement(session=session, posted=posted, way=back, amount=amount, notes=notes, by=by, at=at)
    return _written(session, entry, reversal.pk, reason, note, approved_by=approved_by, by=by, at=at)


@transactional
def ask_for_reversal(
    *, session: DrawerSession, entry: Entry, reason: str, note: str, key: str, by: Any, at: datetime
) -> Request:
    """Ask a second person to have a movement of one's own open session taken back. Refused like `reverse_movement`."""
    lock_for_serving(session=session, by=by)
    amount = movement_amount(session, entry)
    refuse_unreversible(entry, reason, note)
    payload = {
        "session": session.pk,
        "entry": str(entry.pk),
        "reason": reason,
        "note": note.strip()[:140],
        "key": str(key),
    }
    words = _words(reason, note)
    branch = session.drawer.branch
    return ask(
        act=ACT, payload=payload, subject=entry.reference, reason=words, branch=branch, amount=amount, by=by, at=at
    )


@transactional
def reverse_late(*, entry: Entry, reason: str, note: str, key: str, by: Any, at: datetime) -> CounterReversal:
    """Take back a movement whose drawer has been counted and closed since, on its own business day.

    The drawer's cash was counted as it was, so what the books now give to or take from the drawer comes from or goes to
    cash over and short, in an entry of its own; the Z report stays what it is. Refused: a session that is still open (its
    cashier takes back what is wrong), one's own movement, and what `reverse_movement` refuses.
    """
    movement = CashMovement.objects.filter(entry=entry).select_related("session__drawer__branch").first()
    other = CounterTransfer.objects.filter(entry=entry).select_related("session__drawer__branch").first()
    found = movement or other
    if found is None:
        raise Refused("This was not served at a counter.", code="not_counter")
    session = DrawerSession.objects.select_for_update(of=("self",)).get(pk=found.session_id)
    if session.state != DrawerSession.State.CLOSED:
        raise Refused(f"{session} is not closed: its cashier takes this back at the counter.", code="still_open")
    if entry.actor_id == by.pk:
        raise Refused("You served this yourself: somebody else takes it back.", code="own_entry")
    if CounterReversal.objects.filter(entry=entry).exists():
        raise Refused("This was taken back before. Nothing more was done.", code="reversed")
    refuse_unreversible(entry, reason, note)
    if movement is not None and movement.way == CashMovement.Way.IN:
        _even_out(found.session, movement, key=key, by=by, at=at)
    reversal = about(entry).undo(entry, reason=_words(reason, note), key=key, by=by, at=at)
    if movement is not None and movement.way == CashMovement.Way.OUT:
        _even_out(found.session, movement, key=key, by=by, at=at)
    return _written(found.session, entry, reversal.pk, reason, note, approved_by=None, by=by, at=at)


def movement_amount(session: DrawerSession, entry: Entry) -> Money:
    """What a movement of this session came to. Refused for another session's."""
    cash = CashMovement.objects.filter(session=session, entry=entry).values_list("amount_minor", flat=True).first()
    moved = CounterTransfer.objects.filter(session=session, entry=entry).values_list("amount_minor", flat=True).first()
    minor = cash if cash is not None else moved
    if minor is None:
        message = "This is not of your open session. After the Z report only the operations manager takes it back."
        raise Refused(message, code="not_this_session")
    return Money(minor, session.drawer.currency)


def refuse_unreversible(entry: Entry, reason: str, note: str) -> None:
    """Refuse a reversal itself, what its account or loan does not let go, no reason, and an empty note where words are needed."""
    if entry.kind == EntryKind.REVERSAL:
        raise Refused("This is a reversal itself. Serve the member anew instead.", code="is_reversal")
    about(entry).refuse_undo(entry)
    if reason not in CounterReversal.Reason.values:
        raise Refused("Choose why.", code="reason", field="reason")
    if reason == CounterReversal.Reason.OTHER and not note.strip():
        raise Refused("Say in a few words why.", code="note", field="note")


def _even_out(session: DrawerSession, movement: CashMovement, *, key: str, by: Any, at: datetime) -> None:
    """The closed drawer keeps its balance: what the reversal takes from it comes from cash over and short, and back."""
    drawer = session.drawer
    amount = Money(movement.amount_minor, drawer.currency)
    over_short = branch_account(drawer.branch_id, CASH_OVER_SHORT)
    came_in = movement.way == CashMovement.Way.IN
    gains, gives = (drawer.ledger_account, over_short) if came_in else (over_short, drawer.ledger_account)
    entry = NewEntry(
        kind=EntryKind.VARIANCE,
        branch=drawer.branch,
        lines=(debit(gains, amount), credit(gives, amount)),
        key=f"{key}:cash",
        memo=f"{drawer}: taken back after its Z report",
        channel="counter",
    )
    post(entry, by=by, at=at)


def _written(
    session: DrawerSession,
    entry: Entry,
    reversal_id: Any,
    reason: str,
    note: str,
    *,
    approved_by: Any,
    by: Any,
    at: datetime,
) -> CounterReversal:
    return CounterReversal.objects.create(
        session=session,
        entry=entry,
        reversal_id=reversal_id,
        reason=reason,
        note=note.strip()[:140],
        by=by,
        approved_by=approved_by,
        at=at,
    )


def _words(reason: str, note: str) -> str:
    label = CounterReversal.Reason(reason).label
    return f"{label}: {note.strip()}" if note.strip() else label
