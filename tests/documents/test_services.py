"""Keeping documents and letting them go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.access.roles import Role
from portal.audit.models import Change, Event
from portal.base.clock import now
from portal.base.errors import Refused
from portal.documents.codes import ALPHABET, new_code, tidy_code
from portal.documents.models import Document, DocumentContent
from portal.documents.queries import document_with_code, documents_visible_to
from portal.documents.services import forget_expired, hand_over, may_check, safe_filename, store
from portal.people.models import User
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user(Role.AUDITOR, "Esi Auditor")


def keep(owner: User, **more: Any) -> Document:
    given = {"kind": "statement", "title": "Statement", "filename": "statement.pdf", "media_type": "application/pdf"}
    return store(**{**given, "body": b"%PDF-1.7 x", "by": owner, "at": now(), **more})


def test_what_was_stored_comes_back_and_the_trail_says_who_took_it(owner: User) -> None:
    document = keep(owner)
    assert hand_over(document=document, by=owner, at=now()) == b"%PDF-1.7 x"
    assert Event.objects.get(verb="document downloaded").actor_id == owner.pk
    assert Change.objects.filter(table_name="documents_document", action="INSERT").count() == 1


def test_a_damaged_file_is_not_handed_over(owner: User) -> None:
    document = keep(owner)
    DocumentContent.objects.all().delete()
    DocumentContent.objects.create(document=document, body=b"%PDF-1.7 y")
    with pytest.raises(Refused, match="damaged"):
        hand_over(document=document, by=owner, at=now())


@pytest.mark.parametrize("body", [b"", b"x" * 20_000_001])
def test_an_empty_file_and_a_huge_one_are_refused(owner: User, body: bytes) -> None:
    with pytest.raises(Refused):
        keep(owner, body=body)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_document SET code = 'AAAABBBBCCCC'",
        "DELETE FROM documents_document",
        "TRUNCATE documents_document CASCADE",
        "UPDATE documents_documentcontent SET body = 'x'",
    ],
)
def test_a_document_cannot_be_changed_by_any_statement(owner: User, statement: str) -> None:
    keep(owner)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_documents_are_their_owners_until_they_expire(owner: User) -> None:
    document = keep(owner, expires_at=now() + timedelta(hours=1))
    stranger = make_user(Role.OPERATIONS_MANAGER, "Abla Operations")
    assert list(documents_visible_to(owner, at=now())) == [document]
    assert not documents_visible_to(stranger, at=now())
    assert not documents_visible_to(owner, at=now() + timedelta(hours=1))


def test_of_an_expired_document_only_the_record_stays(owner: User) -> None:
    kept, expired = keep(owner), keep(owner, expires_at=now() + timedelta(hours=1))
    assert forget_expired(at=now() + timedelta(hours=2)) == 1
    assert DocumentContent.objects.get().pk == kept.pk
    assert document_with_code(expired.code) == expired


def test_codes_differ_and_are_read_as_people_type_them() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert set("".join(codes)) <= set(ALPHABET)
    assert tidy_code(" abcd-o1il 2345") == "ABCD01112345"


@pytest.mark.parametrize(
    "text", ["", "ABCD", "ABCDEFGHJKMU", "ABCD01112345X", "ÀBCD01112345", "' OR 1=1 --", "A" * 5000]
)
def test_what_can_be_no_code_is_none(text: str) -> None:
    assert tidy_code(text) == ""
    assert document_with_code(text) is None


def test_file_names_are_harmless() -> None:
    assert safe_filename('../a"b\r\nSet-Cookie: x.pdf') == "a-b-Set-Cookie-x.pdf"
    assert safe_filename("…") == "document"


def test_checks_are_counted_per_address() -> None:
    assert all(may_check(address="10.0.0.1") for _ in range(30))
    assert not may_check(address="10.0.0.1")
    assert may_check(address="10.0.0.2")
