"""Telling open pages: when it goes out, how, and who may listen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import make_conninfo

from portal.access.roles import Role
from portal.base.clock import now
from portal.live import services
from portal.live.services import announce, may_listen
from portal.outbox.services import enqueue
from tests.cast import make_user

committing = pytest.mark.django_db(transaction=True)


class Ear:
    """A connection that listens."""

    def __init__(self, line: psycopg.Connection[Any]) -> None:
        self._line = line

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(note.payload) for note in self._line.notifies(timeout=0.2)]


@pytest.fixture
def ear() -> Iterator[Ear]:
    given = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    address = make_conninfo(**{name: given[key] for name, key in names.items()})
    with psycopg.connect(address, autocommit=True) as line:
        line.execute(f'LISTEN "{services.NOTIFY_CHANNEL}"')
        yield Ear(line)


@committing
def test_what_one_transaction_tells_goes_out_after_it(ear: Ear) -> None:
    with transaction.atomic():
        announce("account:1", ["a"])
        with transaction.atomic():
            announce("account:2", ["b"])
        announce("account:1", ["c", "a"])
        assert ear.heard() == []
    assert ear.heard() == [{"channel": "account:1", "ids": ["a", "c"]}, {"channel": "account:2", "ids": ["b"]}]


@committing
def test_it_is_one_statement_outside_the_transaction() -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        announce("account:1")
        announce("account:2")
    statements = [query["sql"].split("(")[0] for query in queries]
    assert statements == ["BEGIN", "COMMIT", "SELECT pg_notify"]


@committing
def test_a_transaction_that_is_undone_tells_nothing(ear: Ear) -> None:
    with transaction.atomic():
        announce("account:1")
        transaction.set_rollback(True)
    announce("account:2")
    assert [message["channel"] for message in ear.heard()] == ["account:2"]


@committing
def test_too_many_ids_for_a_message_mean_everything(ear: Ear) -> None:
    announce("branch:1", range(5000))
    assert ear.heard() == [{"channel": "branch:1", "ids": []}]


@committing
def test_pages_that_cannot_be_told_break_nothing(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(services, "_NOTIFY", "SELECT no_such_function(%s, %s)")
    announce("account:1")
    assert "could not be told about account:1" in caplog.text


@pytest.mark.django_db
def test_everybody_hears_what_is_theirs() -> None:
    esi, yaw = make_user(Role.AUDITOR, "Esi Auditor"), make_user(Role.AUDITOR, "Yaw Auditor")
    job = enqueue(kind="test.work", key="1", payload={}, by=esi, at=now())
    assert may_listen(esi, f"user:{esi.pk}")
    assert may_listen(esi, f"job:{job.pk}")
    assert not may_listen(yaw, f"user:{esi.pk}")
    assert not may_listen(yaw, f"job:{job.pk}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "channel",
    [
        "",
        "user",
        "user:",
        "nobody:1",
        "job:1' OR '1",
        "job:not-a-uuid",
        "job:0198c0de-0000-7000-8000-000000000000",
        "a" * 500,
    ],
)
def test_a_channel_nobody_answers_for_is_refused(channel: str) -> None:
    assert not may_listen(make_user(Role.AUDITOR, "Esi Auditor"), channel)


@pytest.mark.django_db
def test_a_server_without_streams_tells_the_page_to_stop_asking(client_for: Any) -> None:
    esi = make_user(Role.AUDITOR, "Esi Auditor")
    assert client_for(esi).get(f"/events/?channels=user:{esi.pk}").status_code == 204
