"""The slip of a cheque that was paid in: what it says, to whom, and its PDF."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.deposits.cheques import cheque_for
from portal.deposits.models import Cheque
from portal.deposits.receipts import KEPT_FOR, SIZES
from portal.documents.plan import DocumentPlan, Paper


def slip_for(user: Any, cheque_id: UUID) -> dict[str, Any]:
    """What a cheque's slip shows a user, within their reach; 404 for every other cheque.

    Before the second reading the staff do not see the figure on it (`is_blind`), but for whoever took it in.
    """
    cheque = cheque_for(user, cheque_id)
    is_theirs = scope_of(user, Capability.CHEQUE_VIEW) is Scope.OWN or cheque.captured_by_id == user.pk
    return {"cheque": cheque, "is_blind": cheque.state == Cheque.State.RECEIVED and not is_theirs}


def cheque_slip_pdf(*, by: Any, at: datetime, cheque: str, size: str) -> DocumentPlan:
    """What the worker makes a slip's PDF from: `size` is 80mm, 58mm or a4. 404 unless `by` may see the cheque."""
    slip = slip_for(by, UUID(cheque))
    paper = SIZES[size]
    found: Cheque = slip["cheque"]
    return DocumentPlan(
        kind="cheque-slip",
        title=f"Cheque paid in, {found.account.customer.full_name}",
        filename=f"cheque-slip-{found.number or found.pk}-{size}.pdf",
        template="deposits/cheque_strip_pdf.html" if paper.is_strip else "deposits/cheque_sheet_pdf.html",
        context={**slip, "narrow": paper is Paper.NARROW},
        subject=found.account.number,
        paper=paper,
        keep=KEPT_FOR,
    )
