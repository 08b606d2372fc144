"""Opening the next business day of a branch."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.cheques import blocks_day_end
from portal.deposits.services import accrue_interest
from portal.drawers.queries import unclosed_in
from portal.institution.models import Branch
from portal.institution.queries import branches, institution
from portal.ledger.services import open_day, take_snapshots

logger = logging.getLogger(__name__)


class DrawersOpen(Refused):
    """A drawer of the day that should end has not been counted and closed."""

    code = "drawers_open"


class ChequesUndecided(Refused):
    """Cheques that were due on the day that should end, or before, are neither cleared nor returned."""

    code = "cheques_undecided"


@transactional
def open_next_day(*, branch: Branch, day: date, by: Any, at: datetime) -> Branch:
    """End a branch's business day and open another: what members have earned is set aside, balances are kept as a snapshot,
    entries carry the new date.

    Waits for entries under way. Refused: a drawer of the branch that is not closed, cheques that are due and undecided, and a day
    that is not later.
    """
    waiting = unclosed_in(branch)
    if waiting:
        names = ", ".join(str(session.drawer) for session in waiting)
        raise DrawersOpen(f"{branch.name} cannot open another day before this is counted and closed: {names}.")
    undecided = blocks_day_end(branch)
    if undecided:
        due = "1 cheque is" if undecided == 1 else f"{undecided} cheques are"
        raise ChequesUndecided(f"{branch.name} cannot open another day: {due} due. Clear or return them first.")
    ended = branch.business_date
    accrue_interest(branch=branch, by=by, at=at)
    open_day(branch=branch, day=day, by=by, at=at)
    take_snapshots(branch=branch, day=ended)
    return branch


def open_days_that_are_due(*, at: datetime) -> None:
    """Open today in every branch whose open day has passed by the institution's own clock.

    A branch with a drawer still open stays on its day until the drawer is closed; the next call tries again. Called
    twice it changes nothing more.
    """
    profile = institution()
    if profile is None:
        return
    today = at.astimezone(ZoneInfo(profile.time_zone)).date()
    for branch in branches():
        if branch.business_date < today and branch.history_from is None:
            try:
                open_next_day(branch=branch, day=today, by=None, at=at)
            except Refused as refusal:
                logger.info("%s", refusal.message)
