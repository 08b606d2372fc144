"""Documents made by the worker."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, cast

import pytest
from pypdf import PdfReader

from portal.access.roles import Role
from portal.base.clock import now
from portal.documents.models import Document
from portal.documents.services import ask_for_document, hand_over
from portal.outbox.models import Job
from portal.people.models import User
from tasks import documents, runner
from tasks.tasks import HANDLERS
from tests.cast import make_institution, make_user

pytestmark = pytest.mark.django_db
MM_PER_POINT = 25.4 / 72


@pytest.fixture(autouse=True)
def _builders(monkeypatch: pytest.MonkeyPatch) -> None:
    make_institution()
    for name in ("letter", "receipt", "refused", "missing"):
        monkeypatch.setitem(documents.BUILDERS, f"tests.{name}", f"tests.documents.builders.{name}")


@pytest.fixture
def owner() -> User:
    return make_user(Role.AUDITOR, "Esi Auditor")


def made(owner: User, builder: str, **args: Any) -> Job:
    job = ask_for_document(
        builder=f"tests.{builder}", args=args, origin="https://bank.example", key=builder, by=owner, at=now()
    )
    runner.drain(HANDLERS)
    job.refresh_from_db()
    return job


def pdf_of(owner: User) -> PdfReader:
    return PdfReader(BytesIO(hand_over(document=Document.objects.get(), by=owner, at=now())))


def test_a_letter_is_kept_for_who_asked_and_the_job_leads_to_it(owner: User) -> None:
    job = made(owner, "letter", lines=3)
    document = Document.objects.get()
    assert job.result == {"url": f"/documents/{document.pk}/", "label": "Download letter.pdf"}
    assert (document.owner_id, document.subject) == (owner.pk, "1234567890")


def test_a_letter_is_a_tagged_a4_with_language_title_and_the_code_to_check_it_by(owner: User) -> None:
    made(owner, "letter", lines=3)
    pdf, document = pdf_of(owner), Document.objects.get()
    catalog, text = cast(Any, pdf.trailer["/Root"]), pdf.pages[0].extract_text()
    assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("en", True)
    assert pdf.metadata is not None
    assert pdf.metadata.title == document.title
    assert "Quayside Credit Union" in text
    assert document.spaced_code in text
    assert f"https://bank.example/verify/{document.code}/" in re.sub(r"\s", "", text)


def test_a_receipt_is_one_strip_as_long_as_its_text(owner: User) -> None:
    made(owner, "receipt")
    pdf = pdf_of(owner)
    assert len(pdf.pages) == 1
    box = pdf.pages[0].mediabox
    assert round(float(box.width) * MM_PER_POINT) == 80
    assert 60 < float(box.height) * MM_PER_POINT < 120


@pytest.mark.parametrize(
    ("builder", "told"),
    [("refused", "This account is not yours."), ("missing", "There is no such thing, or it is not yours to see.")],
)
def test_what_the_asker_may_not_see_is_refused_and_nothing_is_kept(owner: User, builder: str, told: str) -> None:
    job = made(owner, builder)
    assert (job.state, job.error, job.attempts) == ("failed", told, 1)
    assert not Document.objects.exists()
