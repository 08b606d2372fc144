"""The inbox of loan applications by keyboard alone, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import sign_in
from tests.cast import Cast
from tests.loans.lending import application, handed_in, lend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]


def test_j_and_k_walk_the_inbox_l_looks_and_enter_opens(cast: Cast, browser: Browser, live_server: Any) -> None:
    handed_in(application(cast, lend()))
    second = handed_in(application(cast, lend("Small loan", "71"), "900"))
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    page.goto("/loans/inbox/")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(2)
    for key, row in (("j", 0), ("j", 1), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        expect(rows.nth(row).locator("th a")).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("#look h2")).to_have_text(cast.ama.full_name)
    expect(page.locator("#look")).to_contain_text("GHS 900.00")
    expect(rows.nth(1).locator("th a")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Look at the application beside the list")
    page.keyboard.press("Escape")
    rows.nth(1).locator("th a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/loans/{second.number}/")
    context.close()
