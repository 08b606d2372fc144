"""A thread on paper, and the final letter to a complaint, made by the worker."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.errors import Refused
from portal.documents.plan import DocumentPlan
from portal.support import queries


def thread_pdf(*, by: Any, at: datetime, ticket: str, letter: bool = False) -> DocumentPlan:
    """What both sides read, for one of them; notes never. Raises `DoesNotExist` for a ticket `by` may not see."""
    found = queries.reachable(by).get(pk=ticket)
    complaint = queries.complaint_of(found)
    if letter and (complaint is None or complaint.settled_at is None):
        raise Refused("There is no final answer yet.", code="no_answer")
    kind = "final-letter" if letter else "thread"
    return DocumentPlan(
        kind="letter",
        title=f"Final answer to {found.number}" if letter else f"{found.number}: {found.subject}",
        filename=f"{found.number}-{kind}.pdf",
        template=f"support/{kind.replace('-', '_')}_pdf.html",
        context={
            "ticket": found,
            "turns": queries.thread(found),
            "complaint": complaint,
            "redresses": list(complaint.redresses.all()) if complaint else [],
            "day": at.date(),
        },
        subject=found.number,
    )
