"""What is approved stands as an offer for so many days: the member accepts it, or it lapses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.live.services import announce
from portal.loans import queries
from portal.loans.models import Acceptance, Loan
from portal.loans.services.deciding import refuse_own
from portal.loans.services.states import locked, move
from portal.loans.services.telling import tell_decided


@transactional
def accept_offer(*, loan: Loan, signed_on: date | None = None, by: Any, at: datetime) -> Acceptance:
    """Accept what was granted, in its newest version: the member on screen, or with `signed_on` somebody at the branch who
    has the letter, signed on paper on that day. An offer that is accepted does not lapse. Said twice it answers with the first.

    Refused: a loan that is not approved, an offer that is over, on screen anybody but the member, on paper the member, and a
    day before the offer or after today.
    """
    held = locked(loan)
    known = Acceptance.objects.filter(loan=held).first()
    if known is not None:
        return known
    if held.state != Loan.State.APPROVED:
        raise Refused(f"This is {held.get_state_display().lower()}: there is no offer to accept.", code="state")
    is_paper = signed_on is not None
    if is_paper:
        refuse_own(held, by)
    elif by.customer_id != held.customer_id:
        raise Refused("Only the member accepts on screen.", code="not_the_member")
    on = signed_on or held.branch.business_date
    _refuse_other_days(held, on)
    made = Acceptance.objects.create(
        loan=held,
        version=queries.versions_of(held)[0],
        way=Acceptance.Way.PAPER if is_paper else Acceptance.Way.SCREEN,
        on=on,
        at=at,
        by=by,
    )
    announce(f"loan:{held.number}")
    return made


def _refuse_other_days(loan: Loan, on: date) -> None:
    granted, ends = queries.granted_on(loan), queries.offer_ends(loan)
    if ends is not None and on > ends:
        raise Refused(f"The offer stood until {ends:%d %B %Y}.", code="offer_over", field="signed_on")
    if on > loan.branch.business_date or (granted is not None and on < granted):
        raise Refused("Nobody can have signed the letter on this day.", code="day", field="signed_on")


def lapse_offers(*, branch: Branch, at: datetime) -> int:
    """Withdraw each approved loan of a branch whose offer ended unaccepted before its open day; guarantors' savings are free
    again and the member is told. Returns how many. Safe to run twice; one that was paid out meanwhile stays.
    """
    day = branch.business_date
    waiting = Loan.objects.filter(branch=branch, state=Loan.State.APPROVED, acceptance=None)
    waiting = waiting.select_related("terms", "product")
    over = [(loan, ends) for loan in waiting if (ends := queries.offer_ends(loan)) is not None and ends < day]
    return sum(_lapse(loan, ends, at) for loan, ends in over)


@transactional
def _lapse(loan: Loan, ends: date, at: datetime) -> bool:
    try:
        held = locked(loan, Loan.State.APPROVED)
    except Refused:
        return False
    if Acceptance.objects.filter(loan=held).exists():
        return False
    move(held, Loan.State.WITHDRAWN, f"The offer was not taken up by {ends:%d %B %Y}", by=None, at=at)
    tell_decided(held, "the offer is over", at=at)
    return True
