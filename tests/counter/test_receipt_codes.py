"""The square code of a receipt is read back from what is printed: it leads to the page that says whether it is genuine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.counter import services
from portal.counter.services.orders import Order
from portal.deposits.receipts import receipt_pdf
from portal.documents.qr import qr_svg
from portal.documents.queries import pdf_available
from portal.drawers.models import DrawerSession
from tests.cast import NOW, Cast, ghs
from tests.counter.working import take_in
from tests.drawers.working import opened

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


@pytest.mark.needs("pdftoppm")
@pytest.mark.skipif(not pdf_available(), reason="left out: PDF cannot be made here")
@pytest.mark.parametrize(("size", "width_mm"), [("80mm", 80), ("58mm", 58), ("a4", 210)])
def test_the_paper(cast: Cast, session: DrawerSession, tmp_path: Path, size: str, width_mm: int) -> None:
    from portal.documents.pdf import render_pdf
    from portal.documents.renderer import Renderer

    posted = take_in(session, cast.ama_savings, "250")
    plan = receipt_pdf(by=cast.cashier, at=NOW, reference=posted.reference, size=size, copy=2)
    address = "https://example.org/verify/ABCD"
    context = {"title": plan.title, "institution": cast.institution, "issued_at": NOW, "code": "X", "spaced_code": "X"}
    context |= {"verify_url": address, "verify_qr": qr_svg(address), **plan.context}
    paper = tmp_path / "receipt.pdf"
    with Renderer() as renderer:
        paper.write_bytes(render_pdf(plan, context, renderer=renderer))
    subprocess.run(["pdftoppm", "-r", "203", "-gray", "-png", "-singlefile", paper, tmp_path / "paper"], check=True)
    picture = Image.open(tmp_path / "paper.png")
    assert abs(picture.width - width_mm / 25.4 * 203) < 3
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]
    text = subprocess.run(["pdftotext", paper, "-"], capture_output=True, text=True, check=True).stdout
    assert "COPY 2" in text
