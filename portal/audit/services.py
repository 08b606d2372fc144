"""Writing down what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.audit.context import current
from portal.audit.models import Event


def record(*, verb: str, subject: str = "", detail: dict[str, Any] | None = None, by: Any, at: datetime) -> Event:
    """Add one business event in the caller's transaction: it stands or falls with what it tells of.

    `verb` is a past tense with its noun (`statement downloaded`), `subject` the number or reference it is about.
    `by` is the user, or None for the worker's own accord.
    """
    acting = current()
    return Event.objects.create(
        at=at,
        verb=verb,
        subject=subject,
        detail=detail or {},
        actor_id=by.pk if by is not None else None,
        request_id=acting.request_id if acting else "",
        address=acting.address if acting else "",
    )
