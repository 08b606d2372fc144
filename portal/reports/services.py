"""Handing the journal out, with a line in the trail for each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from portal.audit.models import Event
from portal.audit.services import record
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.reports.formats import FORMATS
from portal.reports.journal import export

EXPORTED = "journal exported"
MOST_A_MINUTE = 6


def export_journal(
    *, form: str, since: date | None, until: date, branch: Branch | None, by: Any, at: datetime
) -> Iterator[str]:
    """The journal in one of `FORMATS`, in pieces, and a line in the trail that `by` took it.

    `by` is None for a command typed on the server. Refuses days in the wrong order, and a seventh export in a minute.
    The line is written at once, the pieces are read when they are asked for.
    """
    if since is not None and since > until:
        raise Refused("The last day is before the first. Change one of them.", code="order", field="until")
    _note(form, since, until, branch, by=by, at=at)
    return _pieces(form, since, until, branch)


@transaction.atomic
def note_report(
    *, report: str, day: date, branch: Branch | None, since: date | None = None, by: Any, at: datetime
) -> None:
    """A line in the trail: this report of a day, or of the days since another, was taken away as a file."""
    detail = {"date": day.isoformat(), **({"since": since.isoformat()} if since else {})}
    record(verb=f"{report} downloaded", subject=branch.code if branch else "all", detail=detail, by=by, at=at)


@transaction.atomic
def _note(form: str, since: date | None, until: date, branch: Branch | None, *, by: Any, at: datetime) -> None:
    if by is not None:
        minute = Event.objects.filter(actor=by.pk, verb=EXPORTED, at__gt=at - timedelta(minutes=1))
        if minute.count() >= MOST_A_MINUTE:
            raise Refused("These are many exports within a minute. Wait a moment and go on.", code="too_many")
    days = {"since": since.isoformat() if since else None, "until": until.isoformat()}
    record(verb=EXPORTED, subject=branch.code if branch else "all", detail={"format": form, **days}, by=by, at=at)


def _pieces(form: str, since: date | None, until: date, branch: Branch | None) -> Iterator[str]:
    _, _, write = FORMATS[form]
    with export(since=since, until=until, branch=branch) as books:
        yield from write(books)
