"""From state to state: each step a row that says who, when and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.base.errors import Refused
from portal.ledger.models import Hold
from portal.ledger.services import release_hold
from portal.live.services import announce
from portal.loans import queries
from portal.loans.models import Loan, StateChange


def locked(loan: Loan, *states: str) -> Loan:
    """The loan as it is now, held until the transaction ends. Refused: one that is in none of the states."""
    held = (
        Loan.objects.select_for_update(of=("self",))
        .select_related("product", "terms", "branch", "customer")
        .get(pk=loan.pk)
    )
    if states and held.state not in states:
        raise Refused(f"This is {held.get_state_display().lower()} by now. Open the page again.", code="state")
    return held


def move(loan: Loan, after: str, reason: str, *, on: date | None = None, by: Any, at: datetime) -> StateChange:
    """Put a loan into another state and tell the pages that show it. An end gives guarantors their savings back."""
    made = StateChange.objects.create(
        loan=loan, before=loan.state, after=after, reason=reason, on=on or loan.branch.business_date, at=at, by=by
    )
    loan.state = after
    loan.save(update_fields=["state"])
    if after in {Loan.State.REJECTED, Loan.State.WITHDRAWN, Loan.State.PAID_OFF}:
        release_guarantees(loan, by=by, at=at)
    announce(f"loan:{loan.number}")
    return made


def release_guarantees(loan: Loan, *, by: Any, at: datetime) -> None:
    """Give back what guarantors' savings were held for."""
    for hold in held_for(loan):
        release_hold(hold=hold, by=by, at=at)


def held_for(loan: Loan) -> Iterable[Hold]:
    """The holds on guarantors' savings that still hold something."""
    return [hold for _, hold in queries.standing_holds(loan)]


def refuse_asked(loan: Loan, act: str, *, at: datetime) -> None:
    """Refuse to ask a second person again for what waits already."""
    waiting = Request.objects.filter(act=act, subject=loan.number, state=Request.State.WAITING, expires_at__gt=at)
    for asked in waiting.select_related("asked_by"):
        raise Refused(f"{asked.asked_by} has asked for this already; it waits for a colleague.", code="asked")


def say_why(reason: str) -> str:
    """A reason that is one."""
    told = " ".join(reason.split())
    if not told:
        raise Refused("Say why.", code="reason", field="reason")
    return told
