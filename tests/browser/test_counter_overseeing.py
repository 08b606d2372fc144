"""A manager in the browser: what lies where, kept up to date; a drawer counted in between; one taken over."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.drawers.models import DrawerSession
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast
from tests.counter.working import take_in
from tests.drawers.working import opened

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def look(page: Page, address: str) -> None:
    """At a page wide and narrow: nothing keeps anybody out, nothing is wider than the screen."""
    page.goto(address)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert barriers(page) == "", address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_position_a_count_in_between_and_a_drawer_taken_over(
    cast: Cast, session: DrawerSession, browser: Browser, live_server: Any, scheme: Any
) -> None:
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    look(page, "/counter/position/")
    row = page.get_by_role("row").filter(has_text=str(session.drawer))
    expect(row).to_contain_text("1,000.00")
    take_in(session, cast.ama_savings, "250")
    page.evaluate("window.htmx.trigger('#position', 'live')")
    expect(row).to_contain_text("1,250.00")
    look(page, f"/counter/{session.pk}/take-over/")
    look(page, f"/counter/{session.pk}/recount/")
    page.get_by_label("Why").fill("Before the afternoon")
    page.get_by_role("button", name="Ask for the count").click()
    expect(row).to_contain_text("Asked to count")
    row.get_by_role("link", name="Take over").click()
    page.get_by_label("Why it is taken over").fill("Fell ill")
    page.locator("#id_note_20000").fill("6")
    page.locator("#id_note_5000").fill("1")
    page.get_by_role("button", name="Count and close").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Z report")
    session.refresh_from_db()
    assert session.state == DrawerSession.State.CLOSED
    context.close()
