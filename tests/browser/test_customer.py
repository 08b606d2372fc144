"""A customer's first page on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.driving import sign_in
from tests.cast import Cast, fund, ghs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]
PHONE = {"width": 360, "height": 740}


def phone(browser: Browser, cast: Cast, url: str, *, scripts: bool) -> BrowserContext:
    context = browser.new_context(base_url=url, viewport=PHONE, java_script_enabled=scripts)  # type: ignore[arg-type]
    sign_in(context, cast.ama_user, url)
    return context


@pytest.fixture
def page(browser: Browser, cast: Cast, live_server: Any) -> Iterator[Page]:
    context = phone(browser, cast, live_server.url, scripts=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain(browser: Browser, cast: Cast, live_server: Any) -> Iterator[Page]:
    context = phone(browser, cast, live_server.url, scripts=False)
    yield context.new_page()
    context.close()


def test_the_charts_come_after_the_page(page: Page) -> None:
    page.goto("/")
    expect(page.locator("figure.chart").first).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Ama Mensah")


def test_without_scripts_the_charts_are_a_link_away(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="Show the charts").click()
    expect(plain.locator("figure.chart").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_amounts_are_hidden_by_one_press(request: pytest.FixtureRequest, scripts: bool) -> None:
    page: Page = request.getfixturevalue("page" if scripts else "plain")
    page.goto("/")
    page.get_by_role("button", name="Hide amounts").click()
    expect(page.get_by_text("1,250.00")).to_have_count(0)
    page.get_by_role("button", name="Show amounts").click()
    expect(page.get_by_text("1,250.00").first).to_be_visible()


def test_what_moved_elsewhere_shows_at_the_next_look(page: Page, cast: Cast) -> None:
    page.goto("/")
    fund(cast.ama_savings, ghs("12.34"))
    page.evaluate("htmx.trigger('#now', 'live')")
    expect(page.get_by_text("1,262.34").first).to_be_visible()
    expect(page.get_by_text("+12.34")).to_be_visible()


def test_the_five_lines_lead_to_their_movement(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Opening balance").first.click()
    expect(page.locator("h1")).to_contain_text("Opening balance")
