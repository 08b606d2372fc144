"""Setting up the desk: canned replies, targets, hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.support.models import Category, Macro, OpenHours, Ticket

_STATES = {"", Ticket.State.RESOLVED.value, Ticket.State.CLOSED.value, Ticket.State.OPEN.value}


@transactional
def write_macro(
    *, name: str, text: str, then_state: str = "", then_tag: str = "", macro: Macro | None = None, by: Any, at: datetime
) -> Macro:
    """A canned reply, new or changed. Refused: no name or words, a name another has, a state it cannot bring about."""
    if not name.strip() or not text.strip():
        raise Refused("A reply has a name and words.", code="empty", field="text" if name.strip() else "name")
    if then_state not in _STATES:
        raise Refused("Choose a state that a reply can bring about.", code="state", field="then_state")
    row = macro or Macro()
    row.name, row.text, row.then_state = name.strip(), text.strip(), then_state
    row.then_tag, row.written_by, row.written_at = then_tag.strip().lower(), by, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("Another reply has this name.", code="name", field="name") from error
    record(verb="canned reply written", subject=row.name, by=by, at=at)
    return row


@transactional
def retire_macro(*, macro: Macro, retired: bool, by: Any, at: datetime) -> Macro:
    """Offer a canned reply no more, or again. What was sent with it stays."""
    macro.is_retired = retired
    macro.save(update_fields=["is_retired"])
    record(verb="canned reply retired" if retired else "canned reply offered", subject=macro.name, by=by, at=at)
    return macro


@transactional
def change_category(*, category: Category, values: Mapping[str, Any], by: Any, at: datetime) -> Category:
    """Targets, deadlines, stages and words of a category, for what comes in from now on. Refused: targets out of order."""
    if values["resolve_hours"] < values["first_reply_hours"]:
        raise Refused("It is settled after the first reply.", code="order", field="resolve_hours")
    acknowledge, final = values.get("acknowledge_days"), values.get("final_days")
    if category.kind == "complaint" and (not acknowledge or not final or final < acknowledge):
        raise Refused("A complaint is acknowledged first, answered later.", code="order", field="final_days")
    for name, value in values.items():
        setattr(category, name, value)
    category.save(update_fields=list(values))
    record(verb="category changed", subject=category.name, by=by, at=at)
    return category


@transactional
def set_hours(*, branch: Branch, week: Mapping[int, tuple[time, time]], by: Any, at: datetime) -> list[OpenHours]:
    """When a branch is open, by weekday; a day that is not named is closed. Refused: never open, an end before its beginning."""
    if not week:
        raise Refused("A branch is open on some day.", code="never")
    if any(closes <= opens for opens, closes in week.values()):
        raise Refused("A branch closes after it opens.", code="hours")
    OpenHours.objects.filter(branch=branch).delete()
    rows = [OpenHours(branch=branch, weekday=day, opens=hours[0], closes=hours[1]) for day, hours in week.items()]
    record(verb="opening hours set", subject=branch.code, by=by, at=at)
    return OpenHours.objects.bulk_create(rows)
