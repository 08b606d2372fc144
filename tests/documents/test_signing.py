"""The institution's key: where it lies, who made it, and where its fingerprint is shown."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from portal.documents import signing
from portal.documents.models import SigningKey
from portal.documents.queries import pdf_available
from tasks.documents import Made, Press
from tests.cast import NOW, make_institution
from tests.documents.builders import letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(settings: Any, tmp_path: Path) -> Path:
    settings.SIGNING_KEY_FILE = str(tmp_path / "secrets" / "key.pem")
    make_institution()
    return Path(settings.SIGNING_KEY_FILE)


def test_the_key_is_made_once_and_only_its_owner_reads_it(key_file: Path) -> None:
    first, second = (signing.key_in_force(name="Quayside", at=NOW) for _ in range(2))
    assert first == second == SigningKey.objects.get()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in first.certificate


def test_of_two_workers_that_start_at_once_one_makes_the_key(key_file: Path) -> None:
    together = Barrier(2)

    def make() -> None:
        together.wait()
        signing._make(key_file, name="Quayside", at=NOW)

    threads = [Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in key_file.parent.iterdir()] == ["key.pem"]
    assert signing.key_in_force(name="Quayside", at=NOW) == SigningKey.objects.get()


def test_a_new_key_leaves_the_old_ones_certificate_known(key_file: Path) -> None:
    old = signing.key_in_force(name="Quayside", at=NOW)
    key_file.unlink()
    assert signing.key_in_force(name="Quayside", at=NOW) != old
    assert SigningKey.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        SigningKey.objects.all().delete()


def _letter() -> Made:
    with Press() as press:
        return press.make(letter(by=None, at=NOW, lines=3), origin="https://bank.example", at=NOW)  # type: ignore[arg-type]  # nobody asks


@pytest.mark.skipif(not pdf_available(), reason="left out: needs Pango: apt-get install libpango-1.0-0")
def test_letters_and_receipts_are_signed_and_keep_the_standards_too() -> None:
    made = _letter()
    embedded = PdfFileReader(BytesIO(made.body)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[embedded.signer_cert], allow_fetching=False, moment=NOW)
    status = validate_pdf_signature(embedded, signer_validation_context=context)
    assert (status.intact, status.valid) == (True, True)
    catalog: Any = PdfReader(BytesIO(made.body)).trailer["/Root"]
    said = catalog["/Metadata"].get_object().get_data()
    for fact in (b"pdfaid:part", b"pdfaid:conformance", b"pdfuaid:part", b"PDF/UA identification"):
        assert fact in said
    assert catalog["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert catalog["/MarkInfo"]["/Marked"]


@pytest.mark.skipif(not pdf_available(), reason="left out: needs Pango: apt-get install libpango-1.0-0")
def test_the_public_page_shows_the_fingerprint_and_a_wrong_code_nothing(client: Client) -> None:
    document = _letter().keep(by=None, at=NOW)
    key = SigningKey.objects.get()
    assert key.spaced_fingerprint in client.get(f"/verify/{document.code}/").content.decode()
    wrong = client.get("/verify/AAAABBBBCCCC/").content.decode()
    assert key.spaced_fingerprint not in wrong
    assert "No document was issued with this code" in wrong
