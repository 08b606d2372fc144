"""The page of the journal export, and the page of permissions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.audit.models import Event
from portal.reports import services
from tests.cast import Cast

SignIn = Callable[..., Client]
EXPORT, PERMISSIONS = "/reports/journal-export/", "/reports/permissions/"
ASKED = {"since": "", "until": "2026-11-21", "branch": "", "form": "hledger"}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_export_and_who_may_see_the_table(cast: Cast, client_for: SignIn, role: Role) -> None:
    client = client_for(cast.of_role(role))
    export, table = client.get(EXPORT).status_code, client.get(PERMISSIONS).status_code
    assert export == (200 if role in {Role.OPERATIONS_MANAGER, Role.AUDITOR} else 403)
    assert table == (200 if role in {Role.ADMINISTRATOR, Role.AUDITOR} else 403)


@pytest.mark.parametrize(("form", "name"), [("hledger", "journal"), ("beancount", "beancount"), ("csv", "csv")])
def test_the_answer_to_the_form_is_the_file(cast: Cast, client_for: SignIn, form: str, name: str) -> None:
    answer = client_for(cast.auditor).post(EXPORT, {**ASKED, "form": form, "branch": "01", "since": "2026-11-01"})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="journal-01-2026-11-01-2026-11-21.{name}"'
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert "1011-Vault" in body
    assert "02-South" not in body


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": ""},
        {"since": "2026-11-22"},
        {"form": "qif"},
        {"branch": "77"},
        {"since": "0001-01-01"},
        {"until": "x"},
    ],
)
def test_what_makes_no_export_is_refused_on_the_form(cast: Cast, client_for: SignIn, wrong: dict[str, str]) -> None:
    answer = client_for(cast.auditor).post(EXPORT, {**ASKED, **wrong})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not Event.objects.filter(verb=services.EXPORTED).exists()


def test_an_export_needs_the_forgery_check(cast: Cast, client_for: SignIn) -> None:
    assert client_for(cast.auditor, enforce_csrf_checks=True).post(EXPORT, ASKED).status_code == 403


def test_the_table_shows_every_capability_and_who_may_not_hold_two(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.administrator).get(PERMISSIONS).content.decode()
    assert [capability.name for capability in Capability if capability.name not in text] == []
    assert "Never held together" in text
    assert client_for(cast.administrator).post(PERMISSIONS).status_code == 405
