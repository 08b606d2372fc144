"""Calling the next number of a branch's queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.counter.models import TicketCall
from portal.drawers.models import DrawerSession
from portal.drawers.services import lock_for_serving
from portal.institution.models import Branch
from portal.live.services import announce


@transactional
def call_next(*, session: DrawerSession, by: Any, at: datetime) -> TicketCall:
    """Call the number after the branch's last one to this drawer. Two drawers that call at once get two numbers.

    Refused: a drawer that is not one's own and active.
    """
    lock_for_serving(session=session, by=by)
    branch = Branch.objects.select_for_update(of=("self",), no_key=True).get(pk=session.drawer.branch_id)
    calls = TicketCall.objects.filter(branch=branch, business_date=session.business_date)
    last = calls.values_list("number", flat=True).first() or 0
    call = TicketCall.objects.create(
        branch=branch, business_date=session.business_date, number=last + 1, session=session, called_at=at
    )
    announce(f"tickets:{branch.pk}")
    return call
