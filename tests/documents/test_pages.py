"""Downloading a document, and checking one that somebody holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.base.clock import now
from portal.documents.models import Document
from portal.documents.services import store
from portal.people.models import User
from tests.cast import make_institution, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return make_user(Role.AUDITOR, "Esi Auditor")


@pytest.fixture
def document(owner: User) -> Document:
    make_institution()
    return store(
        kind="account_statement",
        title="Statement of Esi",
        filename="statement.pdf",
        media_type="application/pdf",
        body=b"%PDF-1.7",
        by=owner,
        at=now(),
        subject="1234567890",
        expires_at=now() + timedelta(days=1),
    )


def url(document: Document) -> str:
    return f"/documents/{document.pk}/"


def test_the_owner_gets_the_file_as_an_attachment_in_a_sandbox(
    client_for: Any, owner: User, document: Document
) -> None:
    answer = client_for(owner).get(url(document))
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.pdf"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("role", [Role.OPERATIONS_MANAGER, Role.ADMINISTRATOR])
def test_another_persons_document_is_not_found(client_for: Any, document: Document, role: Role) -> None:
    assert client_for(make_user(role, "Somebody Else")).get(url(document)).status_code == 404


def test_downloading_needs_a_sign_in_and_changes_nothing(
    client: Client, client_for: Any, owner: User, document: Document
) -> None:
    assert client.get(url(document)).status_code == 302
    assert client_for(owner).post(url(document)).status_code == 405


def test_anybody_may_check_a_code_and_learns_no_name(client: Client, document: Document) -> None:
    page = client.get(f"/verify/{document.code}/").content.decode()
    assert "Genuine" in page
    assert "Account statement" in page
    assert "…7890" in page
    assert "Esi" not in page
    assert "123456" not in page


def test_a_wrong_code_gets_the_same_page_without_details(client: Client, document: Document) -> None:
    answer = client.get("/verify/AAAABBBBCCCC/")
    assert answer.status_code == 200
    assert "Not known" in answer.content.decode()


def test_a_typed_code_leads_to_its_page(client: Client, document: Document) -> None:
    answer = client.post("/verify/", {"code": document.spaced_code.lower()})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/verify/{document.code}/")


@pytest.mark.parametrize("typed", ["<script>", "../../x", "no such code"])
def test_what_can_be_no_code_is_not_repeated_in_the_address(client: Client, document: Document, typed: str) -> None:
    assert client.post("/verify/", {"code": typed}).headers["Location"] == "/verify/unknown/"


def test_an_empty_form_says_so(client: Client) -> None:
    answer = client.post("/verify/", {"code": ""})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


def test_guessing_is_slowed_down(client: Client, document: Document) -> None:
    answers = [client.get("/verify/AAAABBBBCCCC/").status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]
