"""Having read what one was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.live.services import announce
from portal.notifications import queries
from portal.notifications.models import Notice


@transactional
def mark_read(*, notice: Notice, by: Any, at: datetime) -> Notice:
    """The person has seen it. A second time changes nothing."""
    if Notice.objects.filter(pk=notice.pk, user=by, read_at=None).update(read_at=at):
        notice.read_at = at
        announce(f"user:{by.pk}", ["notices"])
    return notice


@transactional
def mark_all_read(*, by: Any, at: datetime) -> int:
    """Everything one was told up to now; returns how many were unread."""
    count = queries.notices_of(by).filter(read_at=None, created_at__lte=at).update(read_at=at)
    if count:
        announce(f"user:{by.pk}", ["notices"])
    return count
