"""The trail on the screen and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.roles import Role
from portal.audit import queries
from portal.audit.context import acting
from portal.audit.models import Change, Event
from portal.audit.queries import TrailLine, Wanted, trail
from portal.audit.services import record
from portal.base.clock import now
from tests.cast import Cast

SignIn = Callable[..., Client]
TRAIL = "/audit/"
TODAY, A_DAY = now().date(), timedelta(days=1)


@pytest.fixture
def changed(cast: Cast) -> Cast:
    """Ama moves house, by the manager, in one request."""
    with acting(actor_id=cast.manager.pk, request_id="request-1", address="192.0.2.7"):
        cast.ama.address = "12 Liberation Road"
        cast.ama.save(update_fields=["address"])
        record(
            verb="letter sent", subject=cast.ama.number, detail={"to": "12 Liberation Road"}, by=cast.manager, at=now()
        )
    return cast


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("address", [TRAIL, "/audit/trail.csv"])
def test_who_may_read_the_trail(cast: Cast, client_for: SignIn, role: Role, address: str) -> None:
    answer = client_for(cast.of_role(role)).get(address)
    assert answer.status_code == (200 if role in {Role.ADMINISTRATOR, Role.AUDITOR} else 403)
    assert client_for(cast.auditor).post(address).status_code == 405


def test_a_change_shows_before_and_after(changed: Cast) -> None:
    line = trail(Wanted(table="people_customer", row=str(changed.ama.pk))).lines[0]
    assert [(each.column, each.before, each.after) for each in line.details] == [("address", "–", "12 Liberation Road")]
    assert (line.actor, line.what, line.source.address) == ("Efua Manager", "Changed customer", "192.0.2.7")


def test_an_event_shows_what_is_known_of_it(changed: Cast) -> None:
    line = trail(Wanted(table="events", text="letter")).lines[0]
    assert (line.what, line.subject, line.actor) == ("letter sent", changed.ama.number, "Efua Manager")
    assert [(each.column, each.after) for each in line.details] == [("to", "12 Liberation Road")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(text="liberation road"), 2),
        (Wanted(text="request-1"), 2),
        (Wanted(actor="efua"), 2),
        (Wanted(actor="efua.manager@example.org", table="people_customer"), 1),
        (Wanted(text="liberation road", table="events"), 1),
        (Wanted(actor="nobody at all"), 0),
        (Wanted(since=TODAY - A_DAY, until=TODAY + A_DAY, text="letter", table="events"), 1),
        (Wanted(until=date(2020, 1, 1)), 0),
        (Wanted(text="100%_"), 0),
    ],
)
def test_the_search_narrows(changed: Cast, wanted: Wanted, found: int) -> None:
    assert len(trail(wanted).lines) == found


def test_every_line_comes_once_page_by_page(changed: Cast) -> None:
    for number in range(5):
        record(verb=f"thing {number} done", by=None, at=now())
    seen, after = [], ""
    while True:
        page = trail(Wanted(), after=after, limit=3)
        seen += [(type(line.source), line.source.pk) for line in page.lines]
        if not page.after:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == Change.objects.count() + Event.objects.count()


def test_three_queries_however_much_happened(changed: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        for line in trail(Wanted()).lines:
            assert line.actor
    assert len(asked) == 3


def test_older_lines_are_a_fragment_for_htmx_and_a_page_without(
    changed: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.trail, "__kwdefaults__", {"after": "", "limit": 3})
    client = client_for(changed.auditor)
    older = trail(Wanted(), limit=3).after
    whole = client.get(f"{TRAIL}?after={older}").content.decode()
    part = client.get(f"{TRAIL}?after={older}", headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()
    assert ("<html" in whole, "<html" in part) == (True, False)
    assert part.lstrip().startswith("<li>")


@pytest.mark.parametrize("query", ["after=rubbish", "after=1.2.3", "after=x.y"])
def test_a_place_that_is_none_is_not_found(cast: Cast, client_for: SignIn, query: str) -> None:
    assert client_for(cast.auditor).get(f"{TRAIL}?{query}").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["since=x", "since=2026-02-02&until=2026-02-01", "table=people_user%3B", "since=0001-01-01", "until=9999-12-31"],
)
@pytest.mark.parametrize("address", [TRAIL, "/audit/trail.csv"])
def test_a_search_that_makes_no_sense_is_refused_on_the_form(
    cast: Cast, client_for: SignIn, query: str, address: str
) -> None:
    answer = client_for(cast.auditor).get(f"{address}?{query}")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_reading_leaves_its_own_trace(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    client.get(f"{TRAIL}?text=ama")
    client.get("/audit/trail.csv?table=people_user")
    events = Event.objects.filter(actor=cast.auditor, verb__startswith="audit trail").order_by("pk")
    assert [(event.verb, event.detail) for event in events] == [
        ("audit trail read", {"text": "ama"}),
        ("audit trail downloaded", {"table": "people_user"}),
    ]


def test_secrets_stay_hidden(cast: Cast, client_for: SignIn) -> None:
    cast.kofi_user.set_password("not to be read anywhere")
    cast.kofi_user.save(update_fields=["password"])
    text = client_for(cast.auditor).get(f"{TRAIL}?table=people_user").content.decode()
    assert cast.kofi_user.password not in text
    assert "(hidden)" in text


def _rows(answer: Any) -> list[dict[str, str]]:
    body = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(body, newline="")))


def test_the_file_has_every_line_newest_first(changed: Cast, client_for: SignIn) -> None:
    rows = _rows(client_for(changed.auditor).get("/audit/trail.csv"))
    assert len(rows) == Change.objects.count() + Event.objects.count()
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)


def test_the_file_has_before_and_after_as_json(changed: Cast, client_for: SignIn) -> None:
    (row,) = _rows(client_for(changed.auditor).get("/audit/trail.csv?table=people_customer&text=liberation"))
    assert (json.loads(row["before"]), json.loads(row["after"])) == ({"address": ""}, {"address": "12 Liberation Road"})
    assert (row["actor"], row["action"], row["request_id"]) == ("Efua Manager", "UPDATE", "request-1")


def test_what_people_typed_is_no_markup_and_no_formula(cast: Cast, client_for: SignIn) -> None:
    record(verb="said", subject='=cmd|" /C calc"!A1', detail={"words": "<script>alert(1)</script>"}, by=None, at=now())
    client = client_for(cast.auditor)
    assert "<script>alert" not in client.get(TRAIL).content.decode()
    subjects = {row["action"]: row["subject"] for row in _rows(client.get("/audit/trail.csv?table=events"))}
    assert subjects["said"].startswith("'=")


def test_a_person_stands_there_by_name(changed: Cast) -> None:
    changed.cashier.full_name = "Kojo New-Name"
    changed.cashier.save(update_fields=["full_name"])
    line = trail(Wanted(table="people_user", row=str(changed.cashier.pk))).lines[0]
    assert (line.what, line.name) == ("Changed user", "Kojo New-Name")


@pytest.mark.parametrize(("role", "told"), [("quayside_app", "the system"), ("postgres", "the system (as postgres)")])
def test_what_nobody_did_the_system_did(role: str, told: str) -> None:
    assert TrailLine(Change(database_role=role)).actor == told
    assert TrailLine(Event()).actor == "the system"
