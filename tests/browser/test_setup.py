"""The page of the first run in a browser: no barrier, no sideways scrolling, and what was typed is there after a refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import Browser, expect

from portal.administration.services.first_address import make_token
from tests.browser.driving import barriers
from tests.browser.test_sweep import look_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]


def test_the_page_of_the_first_run(
    browser: Browser, live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "DATA_DIR", tmp_path)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    assert look_at(page, reverse("setup", args=[make_token()])) == []
    page.get_by_label("Short name").fill("Harbour")
    page.get_by_role("button", name="Set up the institution").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Short name")).to_have_value("Harbour")
    assert barriers(page) == ""
    context.close()
