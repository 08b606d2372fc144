"""Driving Debian's Chromium without its windows, for the tests of pages in a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from portal.people.models import User

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 15_000
COLOURS = ("color-contrast", "link-in-text-block")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for a module's tests."""
    # While Playwright's event loop runs in this thread Django gives it a connection of its own. The one before would be
    # there again afterwards, into a database that has been made anew meanwhile.
    connection.close()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django would take its tests for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        program = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell")
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        # A busy machine is slow, not wrong.
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give a browser the session of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


def barriers(page: Page, *, colours_only: bool = False) -> str:
    """What axe finds wrong with the page as it stands; empty when nothing. `colours_only` asks what colours decide."""
    only = {"type": "rule", "values": list(COLOURS)} if colours_only else {"type": "tag", "values": list(RULES)}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # Of what a page does right nothing is told: that took longer than finding what is wrong.
    found = AxeResults(page.evaluate("asked => axe.run(asked)", {"runOnly": only, "resultTypes": ["violations"]}))
    return found.generate_report() if found.violations_count else ""
