"""Working with a drawer: the float from the vault, pauses, the cash that passes through, the blind count at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money, format_amount
from portal.drawers.models import CashMovement, Drawer, DrawerCount, DrawerCountLine, DrawerSession, Variance
from portal.drawers.queries import held_in, same_lines
from portal.institution.queries import denominations
from portal.ledger.chart import CASH_OVER_SHORT, VAULT, branch_account
from portal.ledger.errors import InsufficientFunds, KeyReused
from portal.ledger.models import EntryKind
from portal.ledger.services import Line, NewEntry, Posted, credit, debit, post

MOST_PIECES = 100_000
REUSED = "This form was already used for something else. Open the page again. Nothing was posted."
_STATE = DrawerSession.State


@transactional
def open_session(*, drawer: Drawer, counts: Mapping[int, int], key: str, by: Any, at: datetime) -> DrawerSession:
    """Open a drawer on the branch's business day with what was counted in it; the rest of the float leaves the vault.

    `counts` maps a note's or coin's minor units to how many there are. The same key and counts answer with the session
    they opened. Refused: another branch's drawer, one that is open or retired, a second drawer for one person, a
    session left open on an earlier day, more cash than the drawer may hold, than the vault has, or less than the books
    say lies in the drawer.
    """
    drawer = (
        Drawer.objects.select_for_update(of=("self",), no_key=True).select_related("ledger_account").get(pk=drawer.pk)
    )
    counts = _pieces(counts)
    known = DrawerCount.objects.filter(counted_by=by, key=key).select_related("session").first()
    if known is not None:
        return _same_opening(known, drawer, counts)
    _refuse_in_use(drawer, by)
    total = counted_total(counts, drawer.currency)
    if drawer.cash_limit_minor < total.minor:
        raise Refused(f"{drawer} may hold at most {_limit(drawer, drawer.cash_limit_minor)}.", code="cash_limit")
    _take_float(drawer, total, key=key, by=by, at=at)
    session = _begin(drawer, by, at)
    _keep_count(session, DrawerCount.Kind.OPENING, counts, total, key=key, by=by, at=at)
    return session


@transactional
def pause_session(*, session: DrawerSession, by: Any, at: datetime) -> DrawerSession:
    """Stop serving for a while. Pausing what is paused changes nothing; a drawer that is being counted is refused."""
    return _switch(session, _STATE.PAUSED, by)


@transactional
def resume_session(*, session: DrawerSession, by: Any, at: datetime) -> DrawerSession:
    """Serve again. Refused once the closing count has begun."""
    return _switch(session, _STATE.ACTIVE, by)


def lock_for_serving(*, session: DrawerSession, by: Any) -> None:
    """Hold the session as it is until the transaction ends, so that nobody counts meanwhile.

    Refused: somebody else's, one that is paused, counted or closed, one of a day that is not the branch's open day.
    """
    locked = DrawerSession.objects.select_for_update(of=("self",), no_key=True).filter(pk=session.pk)
    cashier, state, day, open_day = locked.values_list(
        "cashier_id", "state", "business_date", "drawer__branch__business_date"
    ).get()
    if cashier != by.pk:
        raise Refused("This drawer is somebody else's.", code="not_yours")
    if state != _STATE.ACTIVE:
        words = {_STATE.PAUSED: "is paused: resume it first", _STATE.COUNTED: "is being counted"}
        said = words.get(_STATE(state), "is closed: open a drawer first")
        raise Refused(f"{session.drawer} {said}. Nothing was posted.", code="not_active")
    if day != open_day:
        message = f"{session.drawer} is still open on {day:%d %B %Y}: close it first. Nothing was posted."
        raise Refused(message, code="wrong_day")


def check_receipt(*, session: DrawerSession, amount: Money, notes: Mapping[int, int]) -> None:
    """Refuse cash that this drawer may not take in: above the deposit limit, above what it may hold, notes that differ."""
    drawer = session.drawer
    _check(drawer, amount, drawer.deposit_limit_minor, notes, "deposit")
    if (held_in(drawer) + amount).minor > drawer.cash_limit_minor:
        message = (
            f"{drawer} would hold more than {_limit(drawer, drawer.cash_limit_minor)}. Take cash to the vault first."
        )
        raise Refused(f"{message} Nothing was posted.", code="cash_limit", field="amount")


def check_payment(*, session: DrawerSession, amount: Money, notes: Mapping[int, int]) -> None:
    """Refuse cash that this drawer may not pay out: above the withdrawal limit, more than it holds, notes that differ."""
    drawer = session.drawer
    _check(drawer, amount, drawer.withdrawal_limit_minor, notes, "withdrawal")
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
    return CashMovement.objects.create(
        session=session,
        entry_id=posted.entry_id,
        way=way,
        amount_minor=amount.minor,
        notes={str(value): quantity for value, quantity in _pieces(notes).items()},
        identity_seen=identity_seen,
    )


@transactional
def count_session(
    *, session: DrawerSession, counts: Mapping[int, int], note: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """Take the blind closing count, and close the session when it is decided.

    The drawer stops serving at once. A count that agrees with the books closes the session. The first that does not
    answers with the session in state `counted`, and no amount is told: count again, with a note of what may have
    happened. That second count stands: the difference goes to cash over and short, then all cash to the vault. The
    session gets the drawer's next Z number. The same key and counts answer as the first time.
    """
    session = _locked(session, by)
    counts = _pieces(counts)
    known = DrawerCount.objects.filter(counted_by=by, key=key).first()
    if known is not None:
        _refuse_other_use(known.session_id == session.pk and same_lines(known, counts))
        return session
    if session.state == _STATE.CLOSED:
        raise Refused("This drawer is closed already.", code="closed")
    again = session.state == _STATE.COUNTED
    if again and not note.strip():
        raise Refused("Say in a few words what may have happened.", code="note", field="note")
    counted, expected = counted_total(counts, session.drawer.currency), held_in(session.drawer)
    kind = DrawerCount.Kind.RECOUNT if again else DrawerCount.Kind.CLOSING
    _keep_count(session, kind, counts, counted, key=key, by=by, at=at)
    if counted != expected and not again:
        return _in_state(session, _STATE.COUNTED)
    if counted != expected:
        _book_variance(session, expected, counted, note=note, key=key, by=by, at=at)
    return _close(session, counted, key=key, by=by, at=at)


def counted_total(counts: Mapping[int, int], currency: str) -> Money:
    """The sum of counted notes and coins. Refuses one that the currency does not have."""
    known = set(denominations(currency).values_list("value_minor", flat=True)) if counts else set()
    if not known.issuperset(counts):
        raise Refused(f"There is no such note or coin in {currency}.", code="denomination")
    return Money(sum(value * quantity for value, quantity in counts.items()), currency)


def _pieces(counts: Mapping[int, int]) -> dict[int, int]:
    """Without the zeros. Refuses numbers that nobody can have counted."""
    if any(not 0 <= quantity <= MOST_PIECES for quantity in counts.values()):
        raise Refused(f"Count each note and coin from 0 to {MOST_PIECES:,}.", code="quantity")
    return {value: quantity for value, quantity in counts.items() if quantity}


def _locked(session: DrawerSession, by: Any) -> DrawerSession:
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
    session = _locked(session, by)
    if session.state not in {_STATE.ACTIVE, _STATE.PAUSED}:
        raise Refused(f"{session.drawer} is being counted or closed.", code="not_active")
    return session if session.state == state else _in_state(session, state)


def _in_state(session: DrawerSession, state: DrawerSession.State) -> DrawerSession:
    session.state = state
    session.save(update_fields=["state"])
    return session


def _same_opening(known: DrawerCount, drawer: Drawer, counts: Mapping[int, int]) -> DrawerSession:
    _refuse_other_use(known.session.drawer_id == drawer.pk and same_lines(known, counts))
    return known.session


def _refuse_other_use(same: bool) -> None:
    if not same:
        raise KeyReused(REUSED)


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


def _take_float(drawer: Drawer, total: Money, *, key: str, by: Any, at: datetime) -> None:
    """Book from the vault what the drawer does not hold yet."""
    missing = total - held_in(drawer)
    if missing.minor < 0:
        message = f"The books say that {drawer} holds more than this. Count again, then ask your manager."
        raise Refused(message, code="less_than_books")
    if missing:
        vault = branch_account(drawer.branch_id, VAULT)
        lines = (debit(drawer.ledger_account, missing), credit(vault, missing))
        try:
            _post(drawer, EntryKind.VAULT, lines, key=f"{key}:float", memo=f"Float for {drawer}", by=by, at=at)
        except InsufficientFunds as error:
            raise Refused("The vault does not hold this much. Nothing was posted.", code="vault_short") from error


def _begin(drawer: Drawer, by: Any, at: datetime) -> DrawerSession:
    """The session's row. That one person opens two drawers at once only the database can see."""
    try:
        with transaction.atomic():
            return DrawerSession.objects.create(
                drawer=drawer, cashier=by, business_date=drawer.branch.business_date, opened_at=at
            )
    except IntegrityError as error:
        raise Refused("You opened another drawer a moment ago.", code="person_has_drawer") from error


def _keep_count(
    session: DrawerSession, kind: str, counts: Mapping[int, int], total: Money, *, key: str, by: Any, at: datetime
) -> None:
    count = DrawerCount.objects.create(
        session=session, kind=kind, total_minor=total.minor, counted_at=at, counted_by=by, key=key
    )
    lines = [DrawerCountLine(count=count, value_minor=value, quantity=each) for value, each in counts.items()]
    DrawerCountLine.objects.bulk_create(lines)


def _check(drawer: Drawer, amount: Money, limit_minor: int, notes: Mapping[int, int], noun: str) -> None:
    if amount.currency != drawer.currency or amount.minor <= 0:
        raise Refused(f"{drawer} takes amounts above 0 in {drawer.currency}.", code="amount", field="amount")
    if amount.minor > limit_minor:
        message = f"A {noun} above {_limit(drawer, limit_minor)} needs a manager's approval. Nothing was posted."
        raise Refused(message, code=f"{noun}_limit", field="amount")
    given = _pieces(notes)
    total = counted_total(given, drawer.currency)
    if given and total != amount:
        message = (
            f"The notes come to {format_amount(total)}, the amount is {format_amount(amount)}. Nothing was posted."
        )
        raise Refused(message, code="notes_differ", field="amount")


def _limit(drawer: Drawer, minor: int) -> str:
    return str(Money(minor, drawer.currency))


def _book_variance(
    session: DrawerSession, expected: Money, counted: Money, *, note: str, key: str, by: Any, at: datetime
) -> None:
    """Too much in the drawer: debit it, credit cash over and short; too little: the other way round."""
    difference = counted - expected
    drawer, over_short = session.drawer, branch_account(session.drawer.branch_id, CASH_OVER_SHORT)
    gains, gives = drawer.ledger_account, over_short
    if difference.minor < 0:
        gains, gives = gives, gains
    lines = (debit(gains, abs(difference)), credit(gives, abs(difference)))
    memo = f"{drawer} {'over' if difference.minor > 0 else 'short'}"
    posted = _post(drawer, EntryKind.VARIANCE, lines, key=f"{key}:variance", memo=memo, by=by, at=at)
    Variance.objects.create(
        session=session,
        expected_minor=expected.minor,
        counted_minor=counted.minor,
        difference_minor=difference.minor,
        note=note.strip()[:140],
        entry_id=posted.entry_id,
    )


def _close(session: DrawerSession, counted: Money, *, key: str, by: Any, at: datetime) -> DrawerSession:
    """All cash back to the vault, and the next Z number: only one session of a drawer can be closing, so none is lost."""
    drawer = session.drawer
    if counted:
        lines = (debit(branch_account(drawer.branch_id, VAULT), counted), credit(drawer.ledger_account, counted))
        memo = f"Cash from {drawer}"
        _post(drawer, EntryKind.VAULT, lines, key=f"{key}:return", memo=memo, by=by, at=at)
    last = DrawerSession.objects.filter(drawer=drawer).aggregate(last=Max("z_number"))["last"] or 0
    session.state, session.closed_at, session.z_number = _STATE.CLOSED, at, last + 1
    session.save(update_fields=["state", "closed_at", "z_number"])
    return session


def _post(
    drawer: Drawer, kind: EntryKind, lines: tuple[Line, ...], *, key: str, memo: str, by: Any, at: datetime
) -> Posted:
    entry = NewEntry(kind=kind, branch=drawer.branch, lines=lines, key=key, memo=memo, channel="counter")
    return post(entry, by=by, at=at)
