"""The square code of a receipt is read back from what is printed: it leads to the page that says whether it is genuine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.base.keys import new_key
from portal.counter import services
from portal.counter.services.orders import Order
from portal.deposits.cheque_slips import cheque_slip_pdf
from portal.deposits.receipts import receipt_pdf
from portal.documents.plan import DocumentPlan
from portal.documents.qr import qr_svg
from portal.documents.queries import pdf_available
from portal.drawers.models import DrawerSession
from portal.ledger.models import Entry
from tests.cast import NOW, Cast, ghs
from tests.counter.working import take_in
from tests.deposits.cheques import photographed
from tests.drawers.working import opened
from tests.loans.lending import running

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
MODULE = 6


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def read_code(page: str) -> str:
    """What the first square code of a page says, drawn as its path draws it."""
    side = int(re.findall(r'viewBox="0 0 (\d+) \d+" role="img"', page)[0])
    picture = Image.new("L", (side * MODULE, side * MODULE), 255)
    for column, row in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        left, top = int(column) * MODULE, int(row) * MODULE
        picture.paste(0, (left, top, left + MODULE, top + MODULE))
    return str(zxingcpp.read_barcodes(picture)[0].text)


def test_the_receipt_on_screen(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    posted = take_in(session, cast.ama_savings, "250")
    client = client_for(cast.cashier)
    address = read_code(client.get(reverse("receipt", args=[posted.reference])).content.decode())
    assert f"/receipts/check/{posted.reference}/" in address
    assert "Genuine" in client.get(address.removeprefix("http://testserver")).content.decode()


def test_the_receipt_of_a_visit(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    order = Order(subject=cast.ama_savings, amount=ghs("250"))
    key, by = "01999999-0000-7000-8000-000000000001", cast.cashier
    visit = services.add_leg(
        session=session, customer=cast.ama, visit=None, leg="deposit", order=order, key=key, by=by, at=NOW
    )
    services.post_visit(visit=visit, by=by, at=NOW)
    client = client_for(cast.cashier)
    address = read_code(client.get(reverse("counter_visit", args=[visit.pk])).content.decode())
    assert "Genuine" in client.get(address.removeprefix("http://testserver")).content.decode()


needs_pdf = pytest.mark.skipif(not pdf_available(), reason="left out: PDF cannot be made here")
ADDRESS = "https://example.org/verify/ABCD"


def printed(cast: Cast, plan: DocumentPlan, paper: Path) -> str:
    """Make the plan's PDF as the worker does; the words on it."""
    from portal.documents.pdf import render_pdf
    from portal.documents.renderer import Renderer

    context = {"title": plan.title, "institution": cast.institution, "issued_at": NOW, "code": "X", "spaced_code": "X"}
    context |= {"verify_url": ADDRESS, "verify_qr": qr_svg(ADDRESS), **plan.context}
    with Renderer() as renderer:
        paper.write_bytes(render_pdf(plan, context, renderer=renderer))
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(text.split())


@pytest.mark.needs("pdftoppm")
@needs_pdf
@pytest.mark.parametrize(("size", "width_mm"), [("80mm", 80), ("58mm", 58), ("a4", 210)])
def test_the_paper(cast: Cast, session: DrawerSession, tmp_path: Path, size: str, width_mm: int) -> None:
    posted, paper = take_in(session, cast.ama_savings, "250"), tmp_path / "receipt.pdf"
    plan = receipt_pdf(by=cast.cashier, at=NOW, reference=posted.reference, size=size, copy=2)
    text = printed(cast, plan, paper)
    subprocess.run(["pdftoppm", "-r", "203", "-gray", "-png", "-singlefile", paper, tmp_path / "paper"], check=True)
    picture = Image.open(tmp_path / "paper.png")
    assert abs(picture.width - width_mm / 25.4 * 203) < 3
    assert picture.height < 300 / 25.4 * 203, "a strip is cut where it ends"
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [ADDRESS]
    assert "COPY 2" in text
    assert "REVERSED" not in text


@pytest.mark.needs("pdftotext")
@needs_pdf
@pytest.mark.parametrize("size", ["80mm", "58mm", "a4"])
def test_the_paper_of_what_was_taken_back_says_so(
    cast: Cast, session: DrawerSession, tmp_path: Path, size: str
) -> None:
    session.drawer.reversal_limit_minor = 100_000
    session.drawer.save()
    entry = Entry.objects.get(pk=take_in(session, cast.ama_savings, "250").entry_id)
    given: dict[str, Any] = {"reason": "amount", "note": "", "key": new_key(), "by": cast.cashier, "at": NOW}
    done = services.reverse_movement(session=session, entry=entry, **given)
    plan = receipt_pdf(by=cast.cashier, at=NOW, reference=entry.reference, size=size)
    text = printed(cast, plan, tmp_path / "receipt.pdf").replace(" ", "")
    assert f"REVERSEDby{done.reversal.reference}" in text
    assert "COPY" not in text


@pytest.mark.needs("pdftotext")
@needs_pdf
@pytest.mark.parametrize("size", ["80mm", "58mm", "a4"])
def test_the_paper_of_a_repayment_says_what_it_was_used_for(
    cast: Cast, session: DrawerSession, tmp_path: Path, size: str
) -> None:
    loan = running(cast)
    given: dict[str, Any] = {"notes": {}, "key": new_key(), "by": cast.cashier, "at": NOW}
    posted = services.serve_repayment(session=session, loan=loan, amount=ghs("254"), **given)
    plan = receipt_pdf(by=cast.ama_user, at=NOW, reference=posted.reference, size=size)
    text = printed(cast, plan, tmp_path / "receipt.pdf")
    assert "Loan repayment" in text
    assert "Principal GHS 254.00" in text
    assert loan.last_four in text


@pytest.mark.needs("pdftotext")
@needs_pdf
@pytest.mark.parametrize("size", ["80mm", "58mm", "a4"])
def test_the_slip_of_a_cheque(cast: Cast, tmp_path: Path, size: str) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    plans = [cheque_slip_pdf(by=who, at=NOW, cheque=str(cheque.pk), size=size) for who in (cast.ama_user, cast.cashier)]
    theirs, blind = (printed(cast, plan, tmp_path / "slip.pdf") for plan in plans)
    assert "400.00" in theirs
    assert "400.00" not in blind
    assert "comes back unpaid" in blind
