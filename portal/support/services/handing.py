"""A ticket goes to the desk of another branch, and what it is about is named."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.support.models import Ticket
from portal.support.services.common import locked, note_change, refuse_merged, refuse_out_of_reach, tell_pages


@transactional
def hand_to_branch(*, ticket: Ticket, branch: Branch, reason: str, by: Any, at: datetime) -> Ticket:
    """Give a ticket to another branch's desk, where nobody has it yet. Promised times stay.

    Refused: without a reason, the same branch, out of reach, a merged one.
    """
    refuse_out_of_reach(ticket, by)
    held = locked(ticket)
    refuse_merged(held)
    if not reason.strip():
        raise Refused("Say what the other branch is to do.", code="reason", field="why")
    if branch.pk == held.branch_id:
        raise Refused(f"{branch} has it already.", code="same", field="branch")
    before, held.branch, held.assignee = held.branch.name, branch, None
    held.save(update_fields=["branch", "assignee"])
    note_change(held, "branch", before, branch.name, reason=reason, by=by, at=at)
    tell_pages(held)
    return held


@transactional
def link_ticket(*, ticket: Ticket, account: DepositAccount | None, reference: str, by: Any, at: datetime) -> Ticket:
    """Say which account, and which movement, cheque or loan by its reference, a ticket is about; empty for none.

    Refused: another customer's account, out of reach, a merged one.
    """
    refuse_out_of_reach(ticket, by)
    held = locked(ticket)
    refuse_merged(held)
    if account is not None and account.customer_id != held.customer_id:
        raise Refused("The account is not the customer's.", code="account", field="account")
    before = _about(held)
    held.account, held.reference = account, reference.strip()[:40]
    if _about(held) != before:
        held.save(update_fields=["account", "reference"])
        note_change(held, "about", before, _about(held), by=by, at=at)
        tell_pages(held)
    return held


def _about(ticket: Ticket) -> str:
    parts = (f"…{ticket.account.number[-4:]}" if ticket.account else "", ticket.reference)
    return " ".join(part for part in parts if part) or "nothing"
