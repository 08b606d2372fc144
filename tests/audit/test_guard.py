"""The trail is kept from whoever it is about: the application's own role can add an event, and change nothing."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from portal.audit.models import Change, Event
from portal.audit.services import record
from tests.cast import NOW, Cast

ATTACKS = (
    "UPDATE audit_event SET verb = 'nothing happened'",
    "UPDATE audit_change SET after = NULL",
    "DELETE FROM audit_event",
    "DELETE FROM audit_change",
    "TRUNCATE audit_event",
    "TRUNCATE audit_change",
    "INSERT INTO audit_change (at, table_name, row_id, action) VALUES (now(), 'x', '1', 'UPDATE')",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "ALTER TABLE audit_change DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_append_only ON audit_event",
    "ALTER TABLE people_customer DISABLE TRIGGER audit_watch",
    "DROP TRIGGER audit_watch ON people_customer",
    "DROP TABLE audit_change",
    "SET session_replication_role = replica",
    "SELECT audit.watch('audit_event', '{}')",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_applications_role_cannot_touch_the_trail(cast: Cast, attack: str) -> None:
    record(verb="something happened", by=cast.cashier, at=NOW)
    before = (Event.objects.count(), Change.objects.count())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert (Event.objects.count(), Change.objects.count()) == before


def test_the_tests_play_the_application(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("quayside_app",)


def test_an_event_falls_with_what_it_tells_of(cast: Cast) -> None:
    before = Event.objects.count()
    with transaction.atomic():
        record(verb="something happened", by=cast.cashier, at=NOW)
        transaction.set_rollback(True)
    assert Event.objects.count() == before


def test_every_table_of_cheques_is_watched(db: None) -> None:
    """A table that may change unseen would be a hole in the trail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname LIKE 'deposits_cheque%' "
            "AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_watch')"
        )
        assert cursor.fetchall() == []
