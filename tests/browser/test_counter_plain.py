"""The counter without JavaScript, on paper, on a phone, and for people who see or use it differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.drawers.models import DrawerSession
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast
from tests.counter.working import pay_out, take_in
from tests.drawers.working import balance, counted, handed, opened, taken_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

POINTS_PER_MM = 72 / 25.4


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    session = opened(cast.drawer, cast.cashier)
    take_in(session, cast.ama_savings, "250.00")
    pay_out(session, cast.kofi_savings, "20.00")
    return session


@pytest.fixture
def plain(cast: Cast, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A cashier's browser that runs no script."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, cast.cashier, live_server.url)
    yield context.new_page()
    context.close()


def pages_of(session: DrawerSession) -> dict[str, str]:
    return {
        "empty": "/counter/",
        "serving": "/counter/?q=102345",
        "paying": "/counter/?q=w+102345+50",
        "several": "/counter/?q=10234",
        "nobody": "/counter/?q=zzzz",
        "closing": "/counter/close/",
        "X": f"/drawers/{session.pk}/",
        "sessions": "/drawers/",
        "receipt": f"/receipts/{session.movements.latest('pk').entry.reference}/",
        "check": "/receipts/check/",
    }


def test_a_whole_day_without_javascript(cast: Cast, plain: Page) -> None:
    handed(cast.drawer, {20000: 5})
    plain.goto("/counter/")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Open a drawer")
    plain.get_by_label("GHS 200.00").or_(plain.locator("#id_note_20000")).fill("5")
    plain.get_by_role("button", name="Open the drawer").click()
    plain.locator("#who").fill("ama mensah")
    plain.get_by_role("button", name="Find").click()
    plain.get_by_label("Amount").fill("250")
    plain.get_by_role("button", name="Deposit to Ama Mensah").click()
    expect(plain.locator("#done")).to_contain_text("deposit of GHS")
    plain.locator("#who").fill("w 102345 50")
    plain.get_by_role("button", name="Find").click()
    plain.get_by_label("I looked at who this is").check()
    plain.get_by_role("button", name="Pay out to Ama Mensah").click()
    expect(plain.locator(".receipt-amount")).to_contain_text("50.00")
    plain.get_by_role("link", name="Count and close").click()
    plain.locator("#id_note_20000").fill("6")
    plain.get_by_role("button", name="Hand in the count").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Z report 000001")
    assert balance(cast.ama_savings.ledger_account) == 120_000
    assert balance(cast.drawer.ledger_account) == 120_000
    taken_back(DrawerSession.objects.get())
    assert balance(cast.drawer.ledger_account) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    cast: Cast, session: DrawerSession, browser: Browser, live_server: Any, scheme: Any, width: int
) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    sign_in(context, cast.cashier, live_server.url)
    page = context.new_page()
    for name, address in pages_of(session).items():
        page.goto(address)
        assert barriers(page) == "", name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()


def test_the_open_list_and_a_refusal_are_accessible(
    cast: Cast, session: DrawerSession, browser: Browser, live_server: Any
) -> None:
    context = browser.new_context(base_url=live_server.url)
    sign_in(context, cast.cashier, live_server.url)
    page = context.new_page()
    page.goto("/counter/")
    page.keyboard.type("mens")
    page.locator("#results [role=option]").wait_for()
    page.keyboard.press("ArrowDown")
    assert barriers(page) == ""
    page.goto("/counter/?q=102345")
    page.get_by_label("Amount").fill("9999")
    page.locator("#post").click()
    page.locator(".error-summary").wait_for()
    assert barriers(page) == ""
    context.close()


def test_only_the_strip_is_printed_80_mm_wide(
    cast: Cast, session: DrawerSession, browser: Browser, live_server: Any
) -> None:
    context = browser.new_context(base_url=live_server.url)
    sign_in(context, cast.cashier, live_server.url)
    page = context.new_page()
    reference = session.movements.latest("pk").entry.reference
    counted(session, {20000: 6, 1000: 3})
    for address in (f"/receipts/{reference}/", f"/drawers/{session.pk}/"):
        page.goto(address)
        paper = page.pdf(prefer_css_page_size=True)
        widths = [float(points) for points in re.findall(rb"/MediaBox \[0 0 ([\d.]+)", paper)]
        assert [round(width / POINTS_PER_MM) for width in widths] == [80]
        page.emulate_media(media="print")
        assert page.locator(".topbar, h1, .foot").locator("visible=true").count() == 0
        assert page.locator(".receipt").is_visible()
        page.emulate_media(media="null")
    context.close()
