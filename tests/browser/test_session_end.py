"""The session's end in a real browser: it asks two minutes before, one key stays, and without it the sign-in page says why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, expect

from portal.access import policy
from portal.access.policy import Policy
from portal.access.session_store import SessionStore
from portal.access.sessions import SEEN
from portal.base.clock import now
from portal.signin.services import set_policy
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

IDLE_MINUTES = 5


@pytest.fixture
def context(browser: Browser, live_server: Any, cast: Cast) -> Iterator[BrowserContext]:
    """An auditor signed in where sessions end after five minutes."""
    wanted = Policy(idle_minutes=IDLE_MINUTES)
    people = {"approved_by": cast.operations_manager, "by": cast.administrator}
    set_policy(wanted=wanted, reason="Audit", at=now(), **people)
    policy.forget()
    made = browser.new_context(base_url=live_server.url)
    sign_in(made, cast.auditor, live_server.url)
    yield made
    made.close()


def leave_alone(context: BrowserContext, *, seconds_left: int) -> None:
    """As if nobody had done anything until only so many seconds are left."""
    cookie = next(each for each in context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(cookie["value"])
    session[SEEN] = int(time.time()) - IDLE_MINUTES * 60 + seconds_left
    session.save()


def test_it_asks_two_minutes_before_and_one_key_stays(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/profile/")
    leave_alone(context, seconds_left=124)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    box = page.get_by_role("dialog", name="Are you still there?")
    expect(box).to_be_visible()
    assert not barriers(page)
    page.keyboard.press("Enter")
    expect(box).to_be_hidden()
    asked = {"Accept": "application/json", "X-Unattended": "1"}
    left = context.request.get("/session/", headers=asked).json()["seconds"]
    assert left > IDLE_MINUTES * 60 - 60


def test_whoever_does_nothing_is_led_out_and_told_why(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/profile/")
    leave_alone(context, seconds_left=2)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_url("**/sign-in/**")
    expect(page.get_by_text(f"after {IDLE_MINUTES} minutes without activity")).to_be_visible()
