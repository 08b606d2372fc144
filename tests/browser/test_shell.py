"""The frame around every page: colours, menu, weight, and no word to anybody else."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from portal.access.roles import Role
from tests.browser.driving import sign_in
from tests.cast import Cast, open_drawer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

HEAVIEST = 35 * 1024
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def test_colours_are_chosen_by_a_press_and_kept(context: BrowserContext, cast: Cast, live_server: Any) -> None:
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    page.goto("/profile/")
    page.locator("main").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_colours_are_chosen_without_scripts_before_signing_in(browser: Browser, cast: Cast, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_role("button", name="Dark").click()
    assert urlsplit(page.url).path == "/sign-in/"
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


def test_a_menu_line_leads_on_and_is_marked(context: BrowserContext, cast: Cast, live_server: Any) -> None:
    sign_in(context, cast.auditor, live_server.url)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_text("Books", exact=True).click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Trial balance").click()
    current = page.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(current).to_have_text("Trial balance")


def test_the_first_tab_skips_to_the_page(context: BrowserContext, cast: Cast, live_server: Any) -> None:
    sign_in(context, cast.auditor, live_server.url)
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def _loaded(page: Page, path: str) -> list[Response]:
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108  # a bound C method has no handle
    page.goto(path, wait_until="networkidle")
    return responses


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.CASHIER, Role.AUDITOR])
def test_a_page_is_light_and_speaks_to_nobody_else(
    context: BrowserContext, cast: Cast, live_server: Any, role: Role
) -> None:
    open_drawer(cast.drawer, cast.cashier)
    sign_in(context, cast.of_role(role), live_server.url)
    responses = _loaded(context.new_page(), "/counter/" if role == Role.CASHIER else "/")
    hosts = {urlsplit(each.url).netloc for each in responses if not each.url.startswith("data:")}
    assert hosts == {urlsplit(live_server.url).netloc}
    weighed = [each for each in responses if each.request.resource_type in {"stylesheet", "script"}]
    assert sum(len(gzip.compress(each.body(), 9)) for each in weighed) <= HEAVIEST


@pytest.mark.parametrize("path", ["/sign-in/", "/", "/verify/", "/nowhere/", "/health/live"])
def test_every_answer_carries_the_strict_policy(cast: Cast, client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_a_signed_in_person_sees_is_kept_nowhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.ama_user)
    assert "no-store" in client.get("/").headers["Cache-Control"]


def test_anything_is_found_by_keys_alone(context: BrowserContext, cast: Cast, live_server: Any) -> None:
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    page.goto("/drawers/")
    page.keyboard.press("Control+k")
    sheet = page.locator("#modal")
    expect(sheet.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("ama men")
    expect(sheet.locator("#found a")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(sheet.locator("#found a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{cast.ama.number}/")


def test_rows_are_walked_by_keys(context: BrowserContext, cast: Cast, live_server: Any) -> None:
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    page.goto("/customers/")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("main tbody tr").nth(1).locator("a").first
    expect(second).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/1*/")
