"""Pages ask for papers: which requests are one, and which address the paper carries."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.access.roles import Role
from portal.base.clock import now
from portal.documents.services import ask_for_document
from portal.outbox.models import Job
from tests.cast import Cast, make_user

pytestmark = pytest.mark.django_db


def asked(by: Any, *, builder: str = "tests.letter", key: str = "same") -> Job:
    return ask_for_document(builder=builder, args={}, origin="https://bank.example", key=key, by=by, at=now())


def test_the_same_key_is_the_same_paper_only_for_the_same_person_and_kind() -> None:
    esi, kofi = make_user(Role.AUDITOR, "Esi Auditor"), make_user(Role.AUDITOR, "Kofi Auditor")
    first = asked(esi)
    assert asked(esi) == first
    assert len({first.pk, asked(kofi).pk, asked(esi, builder="tests.receipt").pk, asked(esi, key="other").pk}) == 4


@pytest.mark.parametrize(
    ("configured", "printed"), [("https://bank.example", "https://bank.example"), ("", "http://localhost")]
)
def test_a_paper_carries_the_configured_address(
    cast: Cast, client_for: Any, settings: Any, configured: str, printed: str
) -> None:
    settings.PUBLIC_URL = configured
    client_for(cast.ama_user).post(reverse("my_data"), headers={"host": "localhost"})
    assert Job.objects.get(kind="document.render").payload["origin"] == printed
