"""Having read what one was told; putting it off; hearing no more of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.live.services import announce
from portal.notifications import queries
from portal.notifications.models import Muted, Notice


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
    count = queries.notices_now(by, at=at).filter(read_at=None, created_at__lte=at).update(read_at=at)
    if count:
        announce(f"user:{by.pk}", ["notices"])
    return count


@transactional
def put_off(*, notice: Notice, by: Any, at: datetime) -> Notice:
    """Show it again, unread, tomorrow at eight. Nothing changes for one that was read."""
    until = queries.tomorrow_morning(at)
    if Notice.objects.filter(pk=notice.pk, user=by, read_at=None).update(later_until=until):
        notice.later_until = until
        announce(f"user:{by.pk}", ["notices"])
    return notice


@transactional
def mute(*, notice: Notice, by: Any, at: datetime) -> None:
    """Tell this person no more of what the notice leads to; what was told of it counts as read.

    Refused: a notice of somebody else, one that leads nowhere, one of security.
    """
    if notice.user_id != by.pk or not notice.url or notice.what.security:
        raise Refused("This cannot be muted.", code="not_muted")
    Muted.objects.get_or_create(user=by, url=notice.url, defaults={"notice": notice, "at": at})
    queries.notices_of(by).filter(url=notice.url, read_at=None).update(read_at=at)
    announce(f"user:{by.pk}", ["notices"])


@transactional
def unmute(*, notice: Notice, by: Any, at: datetime) -> None:
    """Tell this person again of what the notice leads to. A second time changes nothing."""
    Muted.objects.filter(user=by, url=notice.url).delete()
