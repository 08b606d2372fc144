"""The PDF of a statement: what it says, what standard it keeps, whose signature it bears."""

from __future__ import annotations

import re
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from pypdf import PdfReader

from portal.base.errors import Refused
from portal.base.money import format_amount
from portal.documents.models import Document
from portal.outbox.models import Job
from portal.statements import services
from portal.statements.periods import Period
from portal.statements.queries import Statement, statement
from portal.statements.services import papers
from tasks import runner
from tasks.documents import Made, Press
from tasks.tasks import HANDLERS
from tests.books import old_days, pay_in, pay_out
from tests.cast import NOW, Cast

YEAR, EMPTY = Period(date(2026, 1, 1), date(2026, 12, 31)), Period(date(2025, 1, 1), date(2025, 1, 31))
SITE = "https://bank.example"
TAGS = re.compile(rb"/S\s*/(Table|TR|TH|TD|H1|H2)\b")


@pytest.fixture
def moved(cast: Cast) -> Cast:
    with old_days(cast.north, date(2024, 2, 1)):
        pay_in(cast.ama_savings, "3333.03", day=date(2024, 2, 1), memo='#read("/etc/passwd") *bold* $x$')
        pay_in(cast.ama_savings, "10.00", day=date(2026, 3, 1), memo="Market day Ɛ ŋ é")
        pay_out(cast.ama_savings, "77.10", day=date(2026, 6, 1), fee="1.50", memo="=cmd()")
    return cast


@pytest.fixture
def press() -> Iterator[Press]:
    with Press() as made:
        yield made


def _made(press: Press, found: Statement, period: Period) -> Made:
    return press.make(services.statement_plans(found, period, at=NOW)[0], origin=SITE, at=NOW)


def _words(body: bytes, tmp_path: Path) -> str:
    (tmp_path / "a.pdf").write_bytes(body)
    done = subprocess.run(["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("period", [YEAR, EMPTY])
def test_it_says_what_the_statement_says(moved: Cast, press: Press, period: Period, tmp_path: Path) -> None:
    found = statement(moved.ama_savings, period.start, period.end)
    words = _words(_made(press, found, period).body, tmp_path)
    for line in found.lines:
        assert re.search(rf"{line.reference}.*{re.escape(format_amount(line.balance_after))}$", words, re.MULTILINE)
    for amount in (found.opening, found.closing, found.money_in, found.money_out):
        assert f"GHS {format_amount(amount)}" in words
    assert ("Nothing happened" in words) is (not found.lines)


def test_words_of_customers_are_words(moved: Cast, press: Press, tmp_path: Path) -> None:
    period = Period(date(2024, 1, 1), date(2026, 12, 31))
    found = statement(moved.ama_savings, period.start, period.end)
    text = "".join(page.extract_text() for page in _reader(_made(press, found, period).body).pages)
    assert '#read("/etc/passwd") *bold* $x$' in text
    assert "Market day Ɛ ŋ é" in text


def _reader(body: bytes) -> Any:
    return PdfReader(BytesIO(body))


def test_it_names_its_standards_and_carries_what_they_ask_for(moved: Cast, press: Press) -> None:
    body = _made(press, statement(moved.ama_savings, YEAR.start, YEAR.end), YEAR).body
    catalog: Any = _reader(body).trailer["/Root"]
    said = catalog["/Metadata"].get_object().get_data()
    for fact in (b'pdfaid:part="3"', b'pdfaid:conformance="A"', b'pdfuaid:part="1"'):
        assert fact in said
    assert catalog["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert catalog["/Lang"] == "en"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"Table", "TR", "TH", "TD", "H1", "H2"} <= {tag.decode() for tag in TAGS.findall(body)}


def test_every_font_is_inside(moved: Cast, press: Press) -> None:
    body = _made(press, statement(moved.ama_savings, YEAR.start, YEAR.end), YEAR).body
    for page in _reader(body).pages:
        for font in page["/Resources"]["/Font"].values():
            below = font["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"])


def test_the_same_movements_lie_inside_as_csv(moved: Cast, press: Press) -> None:
    found = statement(moved.ama_savings, YEAR.start, YEAR.end)
    reader = _reader(_made(press, found, YEAR).body)
    ((name, (inside,)),) = reader.attachments.items()
    assert name == services.statement_name(moved.ama_savings, YEAR, "csv")
    assert inside.decode().count("\r\n") == len(found.lines) + 3
    assert f"closing_balance,,Closing balance,,GHS,,,,{found.closing.to_decimal()}" in inside.decode()


def test_the_signature_is_the_institutions_and_notices_a_changed_byte(moved: Cast, press: Press) -> None:
    made = _made(press, statement(moved.ama_savings, YEAR.start, YEAR.end), YEAR)
    status = _validated(made.body)
    assert (status.intact, status.valid, status.coverage.name) == (True, True, "ENTIRE_FILE")
    assert status.signing_cert.sha256.hex() == made.signed_with.fingerprint
    place = made.body.index(b"Quayside Credit Union")
    assert not _validated(made.body[:place] + b"q" + made.body[place + 1 :]).intact


def _validated(body: bytes) -> Any:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    embedded = PdfFileReader(BytesIO(body)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[embedded.signer_cert], allow_fetching=False, moment=NOW)
    return validate_pdf_signature(embedded, signer_validation_context=context)


def test_long_statements_are_cut_into_tables_of_fifty_rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "ROWS_A_TABLE", 2)
    for _ in range(4):
        pay_in(cast.ama_savings, "1.00")
    assert [len(rows) for rows in _plans(cast)[0].context["tables"]] == [2, 2, 1]


def _plans(cast: Cast) -> Any:
    days = {"start": YEAR.start.isoformat(), "end": YEAR.end.isoformat()}
    return services.statement_pdf(by=cast.auditor, at=NOW, number=cast.ama_savings.number, **days)


def test_very_long_statements_come_in_parts_that_follow_each_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_PART_ROWS", 2)
    for _ in range(4):
        pay_in(cast.ama_savings, "1.00")
    facts = [dict(plan.context["facts"]) for plan in _plans(cast)]
    ends = [(part["Opening balance"], part["Closing balance"]) for part in facts]
    assert ends == [("GHS 0.00", "GHS 1,001.00"), ("GHS 1,001.00", "GHS 1,003.00"), ("GHS 1,003.00", "GHS 1,004.00")]
    job = _asked(cast)
    assert job.result == {"url": "/documents/", "label": "To the 3 parts"}
    assert Document.objects.filter(owner=cast.ama_user, title__endswith="of 3").count() == 3


def _asked(cast: Cast) -> Job:
    asked = services.ask_for_pdf(
        account=cast.ama_savings, period=YEAR, origin=SITE, key="one", by=cast.ama_user, at=NOW
    )
    runner.drain(HANDLERS)
    asked.refresh_from_db()
    return asked


def test_the_file_is_kept_a_day_for_whoever_asked(cast: Cast) -> None:
    _asked(cast)
    document = Document.objects.get()
    assert (document.owner_id, document.signed_with is not None) == (cast.ama_user.pk, True)
    assert document.expires_at == document.created_at + papers.KEPT


def test_more_rows_than_paper_is_good_for_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_PDF_ROWS", 0)
    with pytest.raises(Refused) as refusal:
        _plans(cast)
    assert refusal.value.code == "too_long"


def test_the_builder_looks_up_only_what_its_asker_may_see(cast: Cast) -> None:
    days = {"start": "2026-01-01", "end": "2026-12-31"}
    with pytest.raises(Http404):
        services.statement_pdf(by=cast.kofi_user, at=NOW, number=cast.ama_savings.number, **days)


def test_a_year_of_two_thousand_movements_takes_less_than_five_seconds_of_processor(cast: Cast) -> None:
    """Processor time of this process and of the renderer it buried; other programs on the machine hardly change it."""
    pay_in(cast.ama_savings, "1.00", memo="Market day")
    found = statement(cast.ama_savings, YEAR.start, YEAR.end)
    found = replace(found, lines=found.lines * 1000)
    before = _processor_seconds()
    with Press() as press:
        assert len(_reader(_made(press, found, YEAR).body).pages) > 30
    assert _processor_seconds() - before < 5.0


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
