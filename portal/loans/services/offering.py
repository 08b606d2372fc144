"""What is approved stands as an offer for so many days; then it lapses."""

from __future__ import annotations

from datetime import date, datetime

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.loans import queries
from portal.loans.models import Loan
from portal.loans.services.states import locked, move
from portal.loans.services.telling import tell_decided


def lapse_offers(*, branch: Branch, at: datetime) -> int:
    """Withdraw each approved loan of a branch whose offer ended before its open day; guarantors' savings are free again and
    the member is told. Returns how many. Safe to run twice; one that was paid out meanwhile stays.
    """
    day = branch.business_date
    waiting = Loan.objects.filter(branch=branch, state=Loan.State.APPROVED).select_related("terms", "product")
    over = [(loan, ends) for loan in waiting if (ends := queries.offer_ends(loan)) is not None and ends < day]
    return sum(_lapse(loan, ends, at) for loan, ends in over)


@transactional
def _lapse(loan: Loan, ends: date, at: datetime) -> bool:
    try:
        held = locked(loan, Loan.State.APPROVED)
    except Refused:
        return False
    move(held, Loan.State.WITHDRAWN, f"The offer was not taken up by {ends:%d %B %Y}", by=None, at=at)
    tell_decided(held, "the offer is over", at=at)
    return True
