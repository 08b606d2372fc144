"""Keeping the calendar of holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch, Holiday


@transactional
def add_holiday(*, day: date, name: str, branch: Branch | None = None, by: Any, at: datetime) -> Holiday:
    """Let nothing be due, clear or be answered on a day: in one branch, or in all without one.

    What was worked out before keeps its day: due days of running loans, cheques that are clearing. Refused: no name, a day
    that is over, one that is a holiday there already.
    """
    told = " ".join(name.split())
    if not told:
        raise Refused("Enter what the day is called.", code="name", field="name")
    if day < at.date():
        raise Refused("This day is over. Choose today or a later one.", code="past", field="day")
    held = Holiday.objects.filter(Q(branch=None) | Q(branch=branch), day=day, withdrawn_at=None).first()
    if held is not None:
        raise Refused(f"{day:%d %B %Y} is {held.name} already.", code="twice", field="day")
    return Holiday.objects.create(day=day, name=told, branch=branch, added_at=at, added_by=by)


@transactional
def withdraw_holiday(*, holiday: Holiday, by: Any, at: datetime) -> Holiday:
    """Make a day a working day after all; withdrawn twice it stays so. Refused: a day that is over."""
    held = Holiday.objects.select_for_update(of=("self",)).get(pk=holiday.pk)
    if held.withdrawn_at is not None:
        return held
    if held.day < at.date():
        raise Refused("This day is over: it stays what it was.", code="past")
    held.withdrawn_at, held.withdrawn_by = at, by
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return held
