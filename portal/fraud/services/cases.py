"""What is done to a case: taken, handed on, put off, escalated, decided. Every step leaves a row."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localtime

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.fraud import doors
from portal.fraud.models import Alert, Case, CaseEvent, HeldMovement
from portal.fraud.queries.cases import deciders_everywhere, deciders_for
from portal.live.services import announce
from portal.notifications.services import notify
from portal.people.models import User

_Kind, _State = CaseEvent.Kind, Case.State
SNOOZE = timedelta(days=1)
OUTCOMES: dict[str, tuple[str, ...]] = {
    _State.FRAUD: (Case.Reason.TAKEOVER, Case.Reason.SCAM, Case.Reason.MULE, Case.Reason.FORGED, Case.Reason.OTHER),
    _State.CLEARED: (Case.Reason.CUSTOMER, Case.Reason.KNOWN_LIFE, Case.Reason.TOO_WIDE, Case.Reason.OTHER),
}
"""Which reasons fit which verdict."""


def locked_case(case: Case, *, version: int | None = None) -> Case:
    """The case, held until the transaction ends. Refused: one that is over, and one that changed since `version`."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("customer", "decided_by").get(pk=case.pk)
    if not locked.is_open:
        who = locked.decided_by.full_name if locked.decided_by else "the portal"
        raise Stale(f"Case {locked.number} was decided by {who}: {locked.get_state_display().lower()}.")
    if version is not None and locked.version != version:
        raise Stale(f"Case {locked.number} has changed meanwhile{_changed_by(locked)}. Look again.")
    return locked


def refuse_own(case: Case, by: Any) -> None:
    """Refuse whoever the case is about, and whoever made one of its movements: they do nothing to their own."""
    words = why_own(case, by)
    if words:
        raise Refused(words, code="own_account")


def why_own(case: Case, by: Any) -> str:
    """Why somebody may read a case and no more: it is about them, or about what they did. Empty where it is not."""
    email = case.customer.email.lower()
    if by.customer_id == case.customer_id or (email and email == by.email.lower()):
        return "This case is about you: a colleague must work on it."
    if case.alerts.filter(Q(entry__actor=by.pk) | Q(held__asked_by=by.pk)).exists():
        return "You made a movement of this case yourself: a colleague must work on it."
    return ""


def _changed_by(case: Case) -> str:
    """What was done to a case last, and by whom."""
    last = case.events.select_related("by").last()
    if last is None or last.by is None or case.last_alert_at > last.at:
        return ": there is a new alert"
    return f": {last.by.full_name}, {localtime(last.at):%H:%M}, {last.get_kind_display().lower()}"


def noted(case: Case, kind: str, *, text: str = "", by: Any, at: datetime) -> CaseEvent:
    """Write a step down and count the case's version up."""
    case.version += 1
    case.save()
    announce("fraud:queue")
    return CaseEvent.objects.create(case=case, kind=kind, text=text[:500], by=by, at=at)


@transactional
def take(*, case: Case, version: int | None = None, by: Any, at: datetime) -> Case:
    """Make a case one's own. Refused: one's own case, one that is over or has changed."""
    locked = _mine(case, version, by)
    locked.assigned_to = by
    noted(locked, _Kind.TAKEN, by=by, at=at)
    return locked


@transactional
def assign(*, case: Case, to: User, why: str = "", version: int | None = None, by: Any, at: datetime) -> Case:
    """Hand a case to a colleague, who is told. Refused like `take`, whoever the case is about, and who may not decide it."""
    locked = _mine(case, version, by)
    refuse_own(locked, to)
    if not deciders_for(locked.branch_id).filter(pk=to.pk).exists():
        raise Refused(f"{to.full_name} may not decide this case.", code="colleague", field="to")
    locked.assigned_to = to
    noted(locked, _Kind.ASSIGNED, text=": ".join(filter(None, (to.full_name, why.strip()))), by=by, at=at)
    url = reverse("fraud_case", args=[locked.number])
    key = f"{locked.pk}:{locked.version}"
    notify(kind="fraud.case", person=to, context={"number": str(locked.number)}, key=key, by=by, at=at, url=url)
    return locked


@transactional
def escalate(*, case: Case, version: int | None = None, by: Any, at: datetime) -> Case:
    """Put a case on top of every queue, and tell those who decide everywhere. Refused: one that is there already."""
    locked = _mine(case, version, by)
    if locked.is_escalated:
        raise Refused(f"Case {locked.number} is escalated already.", code="escalated")
    locked.is_escalated = True
    noted(locked, _Kind.ESCALATED, by=by, at=at)
    told = {"number": str(locked.number), "who": by.full_name}
    url = reverse("fraud_case", args=[locked.number])
    for person in deciders_everywhere().exclude(pk=by.pk):
        notify(kind="fraud.escalated", person=person, context=told, key=f"{locked.pk}", by=by, at=at, url=url)
    return locked


@transactional
def snooze(*, case: Case, version: int | None = None, by: Any, at: datetime) -> Case:
    """Put a case off until tomorrow; a new alert brings it back at once."""
    locked = _mine(case, version, by)
    locked.snoozed_until = at + SNOOZE
    noted(locked, _Kind.SNOOZED, text="until tomorrow", by=by, at=at)
    return locked


@transactional
def wake(*, case: Case, version: int | None = None, by: Any, at: datetime) -> Case:
    """Bring back a case that was put off. Refused: one that waits already."""
    locked = _mine(case, version, by)
    if locked.snoozed_until is None:
        raise Refused(f"Case {locked.number} is not put off.", code="awake")
    locked.snoozed_until = None
    noted(locked, _Kind.WOKEN, by=by, at=at)
    return locked


@transactional
def hold_movements(*, case: Case, why: str, version: int | None = None, by: Any, at: datetime) -> Case:
    """Let whatever leaves the customer's accounts wait for a review from now on, until the case is decided.

    Money that comes in and moves between the customer's own accounts goes on. Refused: no reason, a case that holds already.
    """
    locked = _mine(case, version, by)
    if not why.strip():
        raise Refused("Say why the movements are held: colleagues will read it.", code="why", field="why")
    if locked.is_holding:
        raise Refused(f"Case {locked.number} holds the member's movements already.", code="holding")
    return _hold(locked, holds=True, why=why, by=by, at=at)


@transactional
def let_movements_go(*, case: Case, why: str, version: int | None = None, by: Any, at: datetime) -> Case:
    """End what `hold_movements` began; what waits already goes on waiting. Refused: no reason, a case that holds nothing."""
    locked = _mine(case, version, by)
    if not why.strip():
        raise Refused("Say why the movements go again: colleagues will read it.", code="why", field="why")
    if not locked.is_holding:
        raise Refused(f"Case {locked.number} holds no movements.", code="holding")
    return _hold(locked, holds=False, why=why, by=by, at=at)


def _hold(locked: Case, *, holds: bool, why: str, by: Any, at: datetime) -> Case:
    locked.is_holding = holds
    noted(locked, _Kind.HELD if holds else _Kind.LET_GO, text=why.strip(), by=by, at=at)
    verb = "member's movements held" if holds else "member's movements go again"
    record(verb=verb, subject=str(locked.number), detail={"why": why.strip()}, by=by, at=at)
    return locked


@transactional
def add_note(*, case: Case, text: str, by: Any, at: datetime) -> CaseEvent:
    """Write something down. Refused: nothing written, one's own case."""
    locked = _mine(case, None, by)
    if not text.strip():
        raise Refused("Write something.", code="empty", field="text")
    return noted(locked, _Kind.NOTED, text=text.strip(), by=by, at=at)


@transactional
def freeze_account(*, case: Case, alert: Alert, why: str, by: Any, at: datetime) -> CaseEvent:
    """Freeze the account an alert of this case is about. Refused like the account's own change of state."""
    locked = _mine(case, None, by)
    doors.freeze(ledger_account_id=alert.account_id, reason=f"Case {locked.number}: {why}"[:140], by=by, at=at)
    return noted(locked, _Kind.FROZEN, text=f"{alert.account.code}: {why}", by=by, at=at)


@transactional
def decide(
    *, case: Case, outcome: str, reason: str, note: str, version: int | None = None, by: Any, at: datetime
) -> Case:
    """Say whether it was fraud, and why: the label models learn from. What waits must be released or returned before.

    A hold of the member's movements ends with it. Refused: no reason or one that does not fit, fraud without a note, held
    movements, one's own case, and one that is over.
    """
    locked = _mine(case, version, by)
    if reason not in OUTCOMES.get(outcome, ()):
        raise Refused("Choose a reason that fits the verdict.", code="reason", field="reason")
    if outcome == _State.FRAUD and not note.strip():
        raise Refused("Say what was found: colleagues will read it.", code="note", field="note")
    if Alert.objects.filter(case=locked, held__state=HeldMovement.State.WAITING).exists():
        raise Refused("Release or return what is held first.", code="held")
    locked.state, locked.reason, locked.note = outcome, reason, note.strip()[:500]
    locked.decided_by, locked.decided_at = by, at
    locked.snoozed_until, locked.is_holding = None, False
    noted(locked, _Kind.DECIDED, text=f"{locked.get_state_display()}: {locked.get_reason_display()}", by=by, at=at)
    detail = {"outcome": outcome, "reason": reason}
    record(verb="fraud case decided", subject=str(locked.number), detail=detail, by=by, at=at)
    return locked


def _mine(case: Case, version: int | None, by: Any) -> Case:
    locked = locked_case(case, version=version)
    refuse_own(locked, by)
    return locked
