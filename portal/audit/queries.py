"""Searching the trail: what changed and what happened, newest first, in one list."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import Http404

from portal.audit.models import Change, Event

PAGE_LINES = 50
NOTHING = "–"
MOST = 2**63 - 1
"""Above every id: nothing of this table has been shown yet."""

THE_SYSTEM = "the system"
_OWN_ROLES = {"", "quayside_app", "quayside_owner"}
_EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched for; what is empty does not narrow. `table` may be `events`: what happened without a changed row."""

    table: str = ""
    row: str = ""
    actor: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""
    branch: int | None = None
    """The branch of whoever acted, by its number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of a changed row, before and after."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One line of the trail: a changed row, or an event."""

    source: Change | Event
    name: str = ""
    """What people call the row that changed, where its number says nothing."""

    @property
    def at(self) -> datetime:
        return self.source.at

    @property
    def actor(self) -> str:
        """Who did it. Without a person it was the portal's own work, or somebody at the database itself, who is named."""
        person = self.source.actor
        if person is not None:
            return str(person)
        role = self.source.database_role if isinstance(self.source, Change) else ""
        return f"{THE_SYSTEM} (as {role})" if role not in _OWN_ROLES else THE_SYSTEM

    @property
    def what(self) -> str:
        if isinstance(self.source, Event):
            return self.source.verb
        return f"{self.source.get_action_display()} {table_word(self.source.table_name)}"

    @property
    def subject(self) -> str:
        return self.source.subject if isinstance(self.source, Event) else self.source.row_id

    @property
    def table(self) -> str:
        return "" if isinstance(self.source, Event) else self.source.table_name

    @property
    def details(self) -> list[Difference]:
        """Each column that was added, changed or removed; of an event, what is known of it."""
        if isinstance(self.source, Event):
            return [Difference(name, "", shown(value)) for name, value in self.source.detail.items()]
        before, after = self.source.before or {}, self.source.after or {}
        columns = dict.fromkeys([*before, *after])
        return [Difference(name, shown(before.get(name)), shown(after.get(name))) for name in columns]

    @property
    def has_before(self) -> bool:
        return isinstance(self.source, Change) and self.source.action != Change.Action.INSERT


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where the next page starts; empty at the end."""

    lines: list[TrailLine]
    after: str


def trail(wanted: Wanted, *, after: str = "", limit: int = PAGE_LINES) -> Page:
    """A page of the trail, newest first. Three queries at most, whatever the trail holds. A place that is none is 404.

    Both tables only ever grow, so their ids keep the order of time and make a place that never shifts.
    """
    change_id, event_id = _ids(after)
    changes, events = _changes(wanted), _events(wanted)
    if after:
        changes, events = changes.filter(pk__lt=change_id), events.filter(pk__lt=event_id)
    merged = _merged(changes[: limit + 1], events[: limit + 1])
    lines = list(islice(merged, limit))
    if next(merged, None) is None:
        return Page(_named(lines), "")
    for line in lines:
        if isinstance(line.source, Change):
            change_id = line.source.pk
        else:
            event_id = line.source.pk
    return Page(_named(lines), f"{change_id}.{event_id}")


def _named(lines: list[TrailLine]) -> list[TrailLine]:
    """The lines about people who sign in, with their names: a number says nothing to a reader."""
    users = get_user_model()
    table = users._meta.db_table  # noqa: SLF001  # Django's documented API
    numbers = {int(line.subject) for line in lines if line.table == table and line.subject.isdecimal()}
    names = {str(user.pk): str(user) for user in users.objects.filter(pk__in=numbers)} if numbers else {}
    return [replace(line, name=names.get(line.subject, "")) if line.table == table else line for line in lines]


def whole_trail(wanted: Wanted) -> Iterator[TrailLine]:
    """All lines, newest first, read through cursors of the server's: any number in the memory of a few."""
    with transaction.atomic():
        yield from _merged(_changes(wanted).iterator(chunk_size=500), _events(wanted).iterator(chunk_size=500))


def tables() -> list[tuple[str, str]]:
    """What may be chosen as table: those under the trail, and the events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_watch'")
        words = [(name, table_word(name).capitalize()) for (name,) in cursor.fetchall()]
    return [(_EVENTS, "Events"), *sorted(words, key=lambda pair: pair[1])]


def branches() -> list[tuple[str, str]]:
    """The branches whose people may be searched for. This room stands below them and asks the user model."""
    model: Any = get_user_model()._meta.get_field("branch").related_model  # noqa: SLF001  # Django's documented API
    return [(str(branch.pk), str(branch)) for branch in model.objects.all()]


def table_word(table: str) -> str:
    """A table in plain words: what its rows are called."""
    names = {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}  # noqa: SLF001  # Django's documented API
    return names.get(table, table.replace("_", " "))


def shown(value: Any) -> str:
    """A value of a row as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _changes(wanted: Wanted) -> QuerySet[Change]:
    found = Change.objects.select_related("actor").order_by("-pk")
    if wanted.table == _EVENTS:
        return found.none()
    if wanted.table:
        found = found.filter(table_name=wanted.table)
    if wanted.row:
        found = found.filter(row_id=wanted.row)
    if wanted.text:
        found = found.annotate(old=Cast("before", TextField()), new=Cast("after", TextField()))
        found = found.filter(Q(old__icontains=wanted.text) | Q(new__icontains=wanted.text) | Q(request_id=wanted.text))
    return found.filter(_who_and_when(wanted))


def _events(wanted: Wanted) -> QuerySet[Event]:
    found = Event.objects.select_related("actor").order_by("-pk")
    if wanted.table not in {"", _EVENTS}:
        return found.none()
    if wanted.row:
        found = found.filter(subject=wanted.row)
    if wanted.text:
        found = found.annotate(words=Cast("detail", TextField()))
        said = Q(verb__icontains=wanted.text) | Q(subject__icontains=wanted.text) | Q(words__icontains=wanted.text)
        found = found.filter(said | Q(request_id=wanted.text))
    return found.filter(_who_and_when(wanted))


def _who_and_when(wanted: Wanted) -> Q:
    found = Q()
    if wanted.actor:
        found &= Q(actor__full_name__icontains=wanted.actor) | Q(actor__email__iexact=wanted.actor)
    if wanted.branch is not None:
        found &= Q(actor__branch_id=wanted.branch)
    if wanted.since is not None:
        found &= Q(at__gte=_midnight(wanted.since))
    if wanted.until is not None:
        found &= Q(at__lt=_midnight(wanted.until) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _merged(changes: Iterable[Change], events: Iterable[Event]) -> Iterator[TrailLine]:
    """Both in one order of time. Either table's own order stays as it is, even where clocks slipped."""
    told: tuple[Iterator[TrailLine], Iterator[TrailLine]] = (map(TrailLine, changes), map(TrailLine, events))
    return iter(heapq.merge(*told, key=lambda line: line.at, reverse=True))


def _ids(place: str) -> tuple[int, int]:
    """The ids below which the next page starts."""
    if not place:
        return MOST, MOST
    try:
        change_id, event_id = (int(part) for part in place.split("."))
    except ValueError as error:
        raise Http404("no such place") from error
    return change_id, event_id
