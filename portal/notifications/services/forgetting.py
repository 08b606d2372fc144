"""What somebody was told, once nobody may know any more who it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from portal.base.db import transactional
from portal.notifications.models import Delivery, Muted, Notice, Preference, Quiet
from portal.outbox.services import forget_sent


@transactional
def forget_told(*, customer: Any, user: Any, told: str, by: Any, at: datetime) -> int:
    """Empty every notice to a customer and to their user, and the mails and text messages that left; returns how many.

    That something was told, and when, stays. `told` stands in the name's place; what they had chosen goes.
    """
    mine = Q(key__startswith=f"c{customer.pk}:")
    if user is not None:
        mine |= Q(user=user)
        for owned in (Muted, Preference, Quiet):
            owned.objects.filter(user=user).delete()
    notices = Notice.objects.filter(mine)
    Delivery.objects.filter(notice__in=notices).update(address="")
    reached = {customer.email, customer.phone, user.email if user is not None else ""} - {""}
    forget_sent(addresses=reached, by=by, at=at)
    return notices.update(told=told, subject="", text="", url="")
