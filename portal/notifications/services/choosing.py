"""What somebody wants to be told, by which channel, and when not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from portal.access.roles import Role
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.notifications import queries
from portal.notifications.kinds import Channel, kinds_for
from portal.notifications.models import Preference, Quiet

CHOSEN = "notices chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which (kind, channel) pairs are wanted, the quiet hours, and from which amounts on accounts are told of."""

    wanted: Collection[tuple[str, str]]
    begins: time | None = None
    ends: time | None = None
    large_minor: int | None = None
    low_minor: int | None = None


@transactional
def choose(*, user: Any, choice: Choice, by: Any, at: datetime) -> Quiet:
    """Keep a person's choice in place of the one before. Security notices stay on, whatever is sent.

    Refuses for somebody else, quiet hours with one end, and quiet hours that never end.
    """
    if by.pk != user.pk:
        raise Refused("Everybody chooses for themselves.", code="not_yours")
    _refuse_hours(choice)
    kinds = kinds_for(customer=user.role == Role.CUSTOMER)
    rows = [
        Preference(user=user, kind=kind.code, channel=way, is_wanted=wanted)
        for kind in kinds
        for way in Channel
        if not kind.is_fixed(way) and (wanted := (kind.code, str(way)) in choice.wanted) is not (way in kind.channels)
    ]
    Preference.objects.filter(user=user).delete()
    Preference.objects.bulk_create(rows)
    hours = {"begins": choice.begins, "ends": choice.ends}
    amounts = {"large_minor": choice.large_minor, "low_minor": choice.low_minor}
    quiet, _ = Quiet.objects.update_or_create(user=user, defaults={**hours, **amounts})
    record(verb=CHOSEN, subject=user.email, by=by, at=at)
    return quiet


def _refuse_hours(choice: Choice) -> None:
    if (choice.begins is None) != (choice.ends is None):
        missing = "ends" if choice.ends is None else "begins"
        raise Refused("Quiet hours have a beginning and an end. Fill in both, or neither.", code="hours", field=missing)
    if choice.begins is not None and choice.begins == choice.ends:
        raise Refused("The quiet hours end when they begin. Choose another end.", code="hours", field="ends")


def wanted_now(user: Any) -> set[tuple[str, str]]:
    """What is ticked on the page of choices."""
    chosen = queries.wanted_of(user)
    kinds = kinds_for(customer=user.role == Role.CUSTOMER)
    return {(kind.code, way.value) for kind in kinds for way in Channel if queries.is_wanted(kind, way, chosen)}
