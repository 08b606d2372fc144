"""Movements that wait for a review: their money is set aside, and they post or are given back, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.fraud import doors
from portal.fraud.models import Case, CaseEvent, HeldMovement
from portal.fraud.services.alerting import raise_alert
from portal.fraud.services.cases import locked_case, noted, refuse_own
from portal.fraud.services.gate import PASSES_FOR, Facts, Judged, released
from portal.ledger.queries import scope_of
from portal.ledger.services import place_hold, release_hold
from portal.live.services import announce
from portal.notifications.services import notify

_State = HeldMovement.State


@transactional
def hold(judged: Judged, *, by: Any, at: datetime) -> HeldMovement:
    """Keep a movement for a review with its alert; money on its way out is held in the ledger meanwhile.

    The same request again finds what was kept. Refused: `InsufficientFunds`, for then there is nothing to review.
    """
    facts = judged.facts
    known = HeldMovement.objects.filter(key_scope=scope_of(by), key=facts.key).first()
    if known is not None:
        return known
    held = HeldMovement.objects.create(
        key_scope=scope_of(by),
        key=facts.key,
        account=facts.account,
        amount_minor=facts.amount.minor,
        kind=facts.way,
        door=facts.door,
        payload=dict(facts.payload),
        hold=_set_aside(facts, by, at),
        asked_by=by,
        asked_at=at,
    )
    raise_alert(judged, held=held, by=by, at=at)
    if held.hold is not None:
        _tell(held, "fraud.hold", by=by, at=at)
    return held


@transactional
def keep_rejected(judged: Judged, *, by: Any, at: datetime) -> None:
    """Leave an alert of a movement that was turned away."""
    raise_alert(judged, by=by, at=at)


@transactional
def release(*, held: HeldMovement, note: str = "", by: Any, at: datetime) -> HeldMovement:
    """Let a held movement go its way: it posts as it was asked for, or, at the counter, passes once within a day.

    Refused: one's own, the reviewer's own customer account, one that is decided (`Stale`), and what its posting refuses.
    """
    case, locked = _locked(held, by)
    if locked.hold is not None:
        release_hold(hold=locked.hold, by=by, at=at)
    locked.state, locked.decided_by, locked.decided_at = _State.RELEASED, by, at
    if locked.door:
        with released(locked):
            posted = doors.door_named(locked.door).post(locked.payload, key=locked.key, by=locked.asked_by, at=at)
        locked.state, locked.entry_id = _State.USED, posted.entry_id
    locked.save(update_fields=["state", "decided_by", "decided_at", "entry"])
    until = f"released: your branch can carry it out until {localtime(at + PASSES_FOR):%d %b, %H:%M}"
    _tell(locked, "fraud.done", outcome="carried out" if locked.door else until, by=by, at=at)
    noted(case, CaseEvent.Kind.RELEASED, text=f"{locked.amount}. {note}".strip(), by=by, at=at)
    announce("fraud:queue")
    return locked


@transactional
def give_back(*, held: HeldMovement, note: str = "", by: Any, at: datetime) -> HeldMovement:
    """Do not carry a held movement out; what was set aside is free again. Refused like `release`."""
    case, locked = _locked(held, by)
    if locked.hold is not None:
        release_hold(hold=locked.hold, by=by, at=at)
    locked.state, locked.decided_by, locked.decided_at = _State.RETURNED, by, at
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    free = "; the money is free again" if locked.hold is not None else ""
    _tell(locked, "fraud.done", outcome=f"not carried out{free}", by=by, at=at)
    noted(case, CaseEvent.Kind.RETURNED, text=f"{locked.amount}. {note}".strip(), by=by, at=at)
    announce("fraud:queue")
    return locked


def use_pass(facts: Facts, *, at: datetime) -> bool:
    """Whether a reviewer let this very movement pass, which it does once."""
    passes = HeldMovement.objects.select_for_update().filter(
        account=facts.account,
        kind=facts.way,
        amount_minor=facts.amount.minor,
        door="",
        state=_State.RELEASED,
        decided_at__gt=at - PASSES_FOR,
    )
    found = passes.first()
    if found is None:
        return False
    found.state = _State.USED
    found.save(update_fields=["state"])
    return True


def _set_aside(facts: Facts, by: Any, at: datetime) -> Any:
    if not facts.door or facts.is_incoming:
        return None
    return place_hold(
        account=facts.account, amount=facts.amount, reason="Waits for a review", expires_at=None, by=by, at=at
    )


def _tell(held: HeldMovement, kind: str, *, by: Any, at: datetime, **more: str) -> None:
    """Tell whose account it is: there when it is held, and when somebody has decided."""
    context = {"amount": str(held.amount), "account": f"account …{held.account.code[-4:]}", **more}
    customer = held.alert.case.customer
    notify(kind=kind, person=customer, context=context, key=str(held.pk), by=by, at=at)


def _locked(held: HeldMovement, by: Any) -> tuple[Case, HeldMovement]:
    locked = HeldMovement.objects.select_for_update(of=("self",)).select_related("account", "alert").get(pk=held.pk)
    case = locked_case(locked.alert.case)
    refuse_own(case, by)
    if locked.state != _State.WAITING:
        raise Stale(f"This movement is decided already: {locked.get_state_display().lower()}.")
    if locked.asked_by_id == by.pk:
        raise Refused("You asked for this movement: a colleague must decide.", code="own")
    return case, locked
