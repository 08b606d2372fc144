"""Publishing an announcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from portal.access.capabilities import Capability
from portal.announcements import services
from portal.announcements.models import Announcement
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.clock import now
from portal.base.errors import Refused


@act(
    services.PUBLISH,
    title="Publishing an announcement",
    asks=Capability.ANNOUNCEMENT_WRITE,
    capability=Capability.ANNOUNCEMENT_APPROVE,
)
class PublishAct(Act):
    """The payload: `announcement` (id)."""

    def check(self, payload: Payload) -> None:
        services.check_publish(_announcement(payload), now())

    def diff(self, payload: Payload) -> Sequence[Difference]:
        row = _announcement(payload)
        begins, ends = localtime(row.shown_from), localtime(row.shown_until)
        return [
            Difference("Title", "–", row.title),
            Difference("Text", "–", row.text),
            Difference("It is", "–", row.get_severity_display()),
            Difference("For", "nobody", f"{row.audience}, in {row.places}; customers with {row.holders}"),
            Difference("Shown", "–", f"{begins:%d %b %Y, %H:%M} to {ends:%d %b %Y, %H:%M}"),
            Difference("How", "–", row.ways),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        row = services.publish(announcement=_announcement(payload), approved_by=approved_by, by=by, at=at)
        return {"announcement": str(row.pk)}

    def summary(self, payload: Payload) -> str:
        return _announcement(payload).title


def _announcement(payload: Payload) -> Announcement:
    found = Announcement.objects.filter(pk=payload["announcement"]).first()
    if found is None:
        raise Refused("The announcement is not there any more.", code="gone")
    return found
