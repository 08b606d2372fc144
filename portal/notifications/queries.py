"""Reading notices: one's own, what one wants, the words in use, what became of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.prepared import prepared_cursor
from portal.institution.queries import profile
from portal.notifications.kinds import Channel, Kind
from portal.notifications.models import Delivery, Muted, Notice, Preference, Quiet, Wording

MORNING = time(8)


@dataclass(frozen=True, slots=True)
class Words:
    """A kind's words on one channel, with blanks. Version 0 are those the portal came with."""

    subject: str
    text: str
    version: int = 0


def notices_of(user: Any) -> QuerySet[Notice]:
    """What this person was told in the portal, newest first."""
    return Notice.objects.filter(user=user, is_shown=True)


def notices_now(user: Any, *, at: datetime) -> QuerySet[Notice]:
    """The same without those that were put off until later."""
    return notices_of(user).filter(Q(later_until=None) | Q(later_until__lte=at))


_UNREAD = """
SELECT count(*) FROM notifications_notice WHERE user_id = %s::bigint AND is_shown AND read_at IS NULL
   AND (later_until IS NULL OR later_until <= %s::timestamptz)
"""


def unread_count(user: Any) -> int:
    """How many notices this person has not read. Every page asks it, hence a statement that is planned once."""
    with prepared_cursor() as cursor:
        cursor.execute(_UNREAD, (user.pk, now().isoformat()))
        return int(cursor.fetchone()[0])


def muted_by(user: Any) -> QuerySet[Muted]:
    """The threads somebody wants to hear no more of."""
    return Muted.objects.filter(user=user).select_related("notice")


def is_muted(user: Any, kind: Kind, url: str) -> bool:
    """Whether somebody wants to hear no more of this address; what is of security is always told."""
    return bool(url) and not kind.security and user is not None and Muted.objects.filter(user=user, url=url).exists()


def tomorrow_morning(at: datetime) -> datetime:
    """Eight o'clock of the next day by the institution's clock."""
    day = at.astimezone(zone()).date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone())


def deliveries_visible_to(user: Any) -> QuerySet[Delivery]:
    """What left by mail and text message, newest first, for those who look after it."""
    deliveries = Delivery.objects.select_related("notice", "job").order_by("-notice__created_at", "-pk")
    return deliveries if scope_of(user, Capability.DELIVERY_VIEW) is Scope.ALL else deliveries.none()


def wanted_of(user: Any) -> dict[tuple[str, str], bool]:
    """What somebody chose otherwise than usual: (kind, channel) → wanted."""
    rows = Preference.objects.filter(user=user).values_list("kind", "channel", "is_wanted")
    return {(kind, channel): wanted for kind, channel, wanted in rows}


def is_wanted(kind: Kind, channel: Channel, chosen: Mapping[tuple[str, str], bool]) -> bool:
    return kind.is_fixed(channel) or chosen.get((kind.code, channel), channel in kind.channels)


def quiet_of(user: Any) -> Quiet | None:
    return Quiet.objects.filter(user=user).first()


def after_quiet(quiet: Quiet | None, at: datetime) -> datetime:
    """The first moment from `at` on that is not in somebody's quiet hours."""
    if quiet is None or quiet.begins is None or quiet.ends is None:
        return at
    local = at.astimezone(zone())
    if not _within(local.time(), quiet.begins, quiet.ends):
        return at
    end = local.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)


def zone() -> ZoneInfo:
    """The institution's clock."""
    ours = profile()
    return ZoneInfo(ours.time_zone if ours else "UTC")


def _within(moment: time, begins: time, ends: time) -> bool:
    return begins <= moment < ends if begins < ends else moment >= begins or moment < ends


def words_of(kind: Kind, channel: str) -> Words:
    """The words in use: the newest somebody wrote, else those the portal came with."""
    row = Wording.objects.filter(kind=kind.code, channel=channel).order_by("-version").first()
    return Words(row.subject, row.text, row.version) if row else original(kind, channel)


def original(kind: Kind, channel: str) -> Words:
    """What is sent until somebody writes other words."""
    if channel == Channel.EMAIL:
        parts = ("Hello {name},", kind.text, kind.more, "{institution}")
        return Words(kind.subject, "\n\n".join(part for part in parts if part))
    if channel == Channel.SMS:
        return Words("", f"{{institution}}: {kind.text}")
    return Words(kind.subject, kind.text)


def versions_of(kind: Kind, channel: str) -> QuerySet[Wording]:
    """Everything that was ever used, newest first."""
    return Wording.objects.filter(kind=kind.code, channel=channel).select_related("written_by").order_by("-version")


def deliveries_that_fit(
    deliveries: QuerySet[Delivery], *, q: str = "", channel: str = "", state: str = ""
) -> QuerySet[Delivery]:
    """Those to whom or about which `q` says something, by one channel, in one state of their job."""
    if q:
        about = Q(notice__told__icontains=q) | Q(address__icontains=q) | Q(notice__kind__icontains=q)
        deliveries = deliveries.filter(about)
    if channel:
        deliveries = deliveries.filter(channel=channel)
    if state == "failed":
        return deliveries.filter(Q(job__state="failed") | Q(job=None))
    if state:
        return deliveries.filter(job__state__in=["waiting", "running"] if state == "waiting" else [state])
    return deliveries
