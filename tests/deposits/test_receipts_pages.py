"""The receipt on screen, its PDF, and the public page that checks a paper."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.base.keys import new_key
from portal.deposits import receipts
from portal.deposits.pages import receipts as pages
from portal.deposits.services import receive_cash
from portal.documents.plan import DocumentPlan
from portal.documents.qr import qr_svg
from portal.documents.queries import PDF_HINT, pdf_available
from portal.ledger.models import Entry
from portal.ledger.services import Posted, reverse_entry
from portal.outbox.models import Job
from tests.cast import NOW, Cast, ghs, open_drawer

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def deposit(cast: Cast) -> Posted:
    open_drawer(cast.drawer, cast.cashier)
    cash, amount = cast.drawer.ledger_account, ghs("250.50")
    return receive_cash(
        account=cast.ama_savings, amount=amount, cash=cash, branch=cast.north, key=new_key(), by=cast.cashier, at=NOW
    )


def html(response: Any) -> str:
    return str(response.content.decode())


def code_of(posted: Posted) -> str:
    return receipts.code_of(Entry.objects.get(pk=posted.entry_id))


def reverse_it(cast: Cast, posted: Posted) -> Posted:
    entry = Entry.objects.get(pk=posted.entry_id)
    return reverse_entry(entry=entry, reason="Wrong", key=new_key(), channel="counter", by=cast.cashier, at=NOW)


def test_what_stands_on_the_paper(cast: Cast, deposit: Posted, client_for: ClientFor) -> None:
    page = html(client_for(cast.ama_user).get(reverse("receipt", args=[deposit.reference])))
    last_four = cast.ama_savings.last_four
    for said in (
        "Quayside Credit Union",
        "Deposit",
        "250.50",
        "two hundred and fifty cedis and 50/100",
        f"…{last_four}",
    ):
        assert said in page
    assert cast.ama_savings.number not in page
    assert "Drawer 1" in page
    assert '<svg class="qr"' in page


def test_another_members_receipt_is_not_found(cast: Cast, deposit: Posted, client_for: ClientFor) -> None:
    client = client_for(cast.kofi_user)
    assert client.get(reverse("receipt", args=[deposit.reference])).status_code == 404
    assert client.post(reverse("receipt_pdf", args=[deposit.reference])).status_code == 404


def test_a_role_without_receipts_is_refused(cast: Cast, deposit: Posted, client_for: ClientFor) -> None:
    assert client_for(cast.administrator).get(reverse("receipt", args=[deposit.reference])).status_code == 403


def test_a_reversed_one_is_marked(cast: Cast, deposit: Posted, client_for: ClientFor) -> None:
    reverse_it(cast, deposit)
    assert "REVERSED" in html(client_for(cast.ama_user).get(reverse("receipt", args=[deposit.reference])))


def test_what_is_printed_again_is_a_numbered_copy(cast: Cast, deposit: Posted, client_for: ClientFor) -> None:
    client, address = client_for(cast.cashier), reverse("receipt_print", args=[deposit.reference])
    papers = [html(client.post(address, follow=True)) for _ in range(3)]
    assert ["COPY" in paper for paper in papers] == [False, True, True]
    assert "COPY 2" in papers[2]
    assert "COPY 3" in html(client.get(reverse("receipt", args=[deposit.reference])))


def test_a_printing_that_is_claimed_in_the_address_hides_no_copy(
    cast: Cast, deposit: Posted, client_for: ClientFor
) -> None:
    client, address = client_for(cast.cashier), reverse("receipt", args=[deposit.reference])
    for _ in range(2):
        client.post(reverse("receipt_print", args=[deposit.reference]))
    assert "COPY 2" in html(client.get(address, {"printed": "0"}))


def test_the_pdf_is_asked_for_once(
    cast: Cast, deposit: Posted, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.documents.services.pdf_available", lambda: True)
    sent = {"key": new_key(), "size": "80mm"}
    first, second = (
        client_for(cast.ama_user).post(reverse("receipt_pdf", args=[deposit.reference]), sent) for _ in range(2)
    )
    job = Job.objects.get(kind="document.render")
    assert first.url == second.url == reverse("job_detail", args=[job.pk])  # type: ignore[attr-defined]
    assert job.payload["args"] == {"reference": deposit.reference, "size": "80mm", "copy": 0}


@pytest.mark.parametrize("sent", [{"size": "a3"}, {"size": "80mm", "key": "none"}, {}])
def test_a_form_that_is_not_complete_is_refused(
    cast: Cast, deposit: Posted, client_for: ClientFor, sent: dict[str, str]
) -> None:
    answer = client_for(cast.ama_user).post(reverse("receipt_pdf", args=[deposit.reference]), {"key": new_key()} | sent)
    assert answer.status_code == 422
    assert not Job.objects.filter(kind="document.render").exists()


def test_where_pdf_cannot_be_made_the_page_says_what_to_install(
    cast: Cast, deposit: Posted, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "pdf_available", lambda: False)
    assert PDF_HINT in html(client_for(cast.ama_user).get(reverse("receipt", args=[deposit.reference])))


def test_anybody_may_check_a_paper(deposit: Posted, client: Client) -> None:
    typed = {"reference": deposit.reference, "code": code_of(deposit).lower()}
    page = html(client.post(reverse("receipt_check"), typed, follow=True))
    assert "Genuine" in page
    assert "250.50" in page
    assert "Ama" not in page


def test_a_false_paper_is_not_known(deposit: Posted, client: Client) -> None:
    page = html(client.get(reverse("receipt_verify", args=[deposit.reference, "0" * 12])))
    assert "Not known" in page
    assert "250.50" not in page


def test_a_reversed_paper_says_so(cast: Cast, deposit: Posted, client: Client) -> None:
    reverse_it(cast, deposit)
    assert "reversed since" in html(client.get(reverse("receipt_verify", args=[deposit.reference, code_of(deposit)])))


def test_guessing_codes_is_slowed_down(deposit: Posted, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "may_check", lambda *, address: False)
    answer = client.get(reverse("receipt_verify", args=[deposit.reference, code_of(deposit)]))
    assert answer.status_code == 429
    assert "250.50" not in html(answer)


@pytest.mark.skipif(not pdf_available(), reason=f"left out: {PDF_HINT}")
@pytest.mark.parametrize("size", ["80mm", "58mm", "a4"])
def test_the_pdf_says_what_the_screen_says(cast: Cast, deposit: Posted, size: str, tmp_path: Path) -> None:
    from portal.documents.pdf import render_pdf
    from portal.documents.renderer import Renderer

    plan: DocumentPlan = receipts.receipt_pdf(by=cast.ama_user, at=NOW, reference=deposit.reference, size=size)
    context = {"title": plan.title, "institution": cast.institution, "issued_at": NOW, "code": "X", "spaced_code": "X"}
    context |= {"verify_url": "https://example.org/", "verify_qr": qr_svg("https://example.org/"), **plan.context}
    file = tmp_path / plan.filename
    with Renderer() as renderer:
        file.write_bytes(render_pdf(plan, context, renderer=renderer))
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    for said in ("Deposit", "GHS", "250.50", "Akua", "Cashier", f"…{cast.ama_savings.last_four}"):
        assert said in text
