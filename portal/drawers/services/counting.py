"""The blind count at the end of a session."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.drawers.models import DrawerCount, DrawerSession, Variance
from portal.drawers.queries import VARIANCE_ACT, drawers_channel, held_in, same_lines, waiting_variance
from portal.drawers.services.notes import counted_total, pieces
from portal.drawers.services.posting import post_cash, refuse_other_use
from portal.drawers.services.sessions import in_state, keep_count, locked_session
from portal.drawers.services.vault import hand_in
from portal.ledger.chart import CASH_OVER_SHORT, branch_account
from portal.ledger.models import EntryKind
from portal.ledger.services import credit, debit
from portal.live.services import announce

_STATE = DrawerSession.State


@transactional
def count_session(
    *, session: DrawerSession, counts: Mapping[int, int], note: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """Take the blind closing count, and close the session when it is decided.

    The drawer stops serving at once. A count that agrees with the books closes the session. The first that does not
    answers with the session in state `counted`, and no amount is told: count again, with a note of what may have
    happened. That second count stands: within the drawer's tolerance the difference goes to cash over and short, the
    session closes with the drawer's next Z number, and all cash is offered to the vault. A larger difference waits for
    somebody else's decision, and the session with it; a count that is not accepted is made once more. The same key and
    counts answer as the first time.
    """
    session = locked_session(session, by)
    counts = pieces(counts)
    known = DrawerCount.objects.filter(counted_by=by, key=key).first()
    if known is not None:
        refuse_other_use(known.session_id == session.pk and same_lines(known, counts))
        return session
    if session.state == _STATE.CLOSED:
        raise Refused("This drawer is closed already.", code="closed")
    again = session.state == _STATE.COUNTED
    if again and waiting_variance(session) is not None:
        raise Refused("Your manager has this count and decides on it.", code="waits_for_decision")
    if again and not note.strip():
        raise Refused("Say in a few words what may have happened.", code="note", field="note")
    counted, expected = counted_total(counts, session.drawer.currency), held_in(session.drawer)
    kind = DrawerCount.Kind.RECOUNT if again else DrawerCount.Kind.CLOSING
    keep_count(session, kind, counts, counted, key=key, by=by, at=at)
    if counted != expected and not again:
        return in_state(session, _STATE.COUNTED)
    if abs(counted - expected).minor > session.drawer.tolerance_minor:
        _ask_for_decision(session, expected, counted, note=note, key=key, by=by, at=at)
        return session
    if counted != expected:
        book_variance(session, expected, counted, note=note, key=key, by=by, at=at)
    hand_in(session=session, counts=counts, total=counted, key=key, by=by, at=at)
    return close(session, at)


@transactional
def settle_variance(
    *, session: DrawerSession, expected: Money, note: str, key: str, by: Any, at: datetime
) -> DrawerSession:
    """Book the difference of the last count, which somebody else has accepted, and close the session.

    Refused: a session that no longer waits to be closed, and books that say something else than when it was counted.
    """
    session = locked_session(session, by)
    if session.state != _STATE.COUNTED:
        raise Refused("This drawer is not waiting for a decision any more.", code="over")
    if held_in(session.drawer) != expected:
        raise Refused("The books have changed since this was counted.", code="changed")
    count = session.counts.exclude(kind=DrawerCount.Kind.OPENING).latest("id")
    counted = Money(count.total_minor, expected.currency)
    book_variance(session, expected, counted, note=note, key=key, by=by, at=at)
    counts = dict(count.lines.values_list("value_minor", "quantity"))
    hand_in(session=session, counts=counts, total=counted, key=key, by=by, at=at)
    return close(session, at)


def _ask_for_decision(
    session: DrawerSession, expected: Money, counted: Money, *, note: str, key: str, by: Any, at: datetime
) -> None:
    payload = {
        "session": session.pk,
        "expected_minor": expected.minor,
        "counted_minor": counted.minor,
        "note": note.strip()[:140],
        "key": str(key),
    }
    drawer = session.drawer
    ask(
        act=VARIANCE_ACT,
        payload=payload,
        subject=f"{drawer} {session.business_date}",
        reason=note,
        branch=drawer.branch,
        amount=abs(counted - expected),
        by=by,
        at=at,
    )


def book_variance(
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
    posted = post_cash(drawer.branch, EntryKind.VARIANCE, lines, key=f"{key}:variance", memo=memo, by=by, at=at)
    Variance.objects.create(
        session=session,
        expected_minor=expected.minor,
        counted_minor=counted.minor,
        difference_minor=difference.minor,
        note=note.strip()[:140],
        entry_id=posted.entry_id,
    )


def close(session: DrawerSession, at: datetime) -> DrawerSession:
    """The next Z number: only one session of a drawer closes at a time, so none is lost."""
    last = DrawerSession.objects.filter(drawer=session.drawer).aggregate(last=Max("z_number"))["last"] or 0
    session.state, session.closed_at, session.z_number = _STATE.CLOSED, at, last + 1
    session.save(update_fields=["state", "closed_at", "z_number"])
    announce(drawers_channel(session.drawer))
    return session
