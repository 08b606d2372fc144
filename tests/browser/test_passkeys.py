"""Passkeys in a real browser with a virtual authenticator: enrolled while signing in, used the next time, asked for again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.access import proof
from portal.access.roles import Role
from portal.approvals.models import Decision
from portal.audit.models import Event
from portal.drawers.models import Drawer
from portal.people.models import User
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast, make_user
from tests.drawers.working import opened
from tests.signin.factors import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def administrator(cast: Cast) -> User:
    return make_user(Role.ADMINISTRATOR, "Nana Keys", password=PASSWORD)


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    made = context.new_page()
    session = context.new_cdp_session(made)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield made
    context.close()


def enter(page: Page, user: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def grow_old(context: BrowserContext) -> None:
    """The last proof of the browser's session was an hour ago."""
    key = next(cookie["value"] for cookie in context.cookies() if "session" in cookie["name"])
    session = SessionStore(key)
    session[proof.PROVED] = int(time.time()) - 3600
    session.save()


def test_enrolled_used_and_asked_for_again(page: Page, administrator: User) -> None:
    enter(page, administrator)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more thing before you start")
    assert barriers(page) == ""
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Name").fill("This computer")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    assert barriers(page) == ""
    page.get_by_role("button", name="I have kept them").click()
    page.goto("/sign-out/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    enter(page, administrator)
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    assert barriers(page) == ""
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(re.compile(r"://[^/]+/$"))
    page.goto("/security/")
    expect(page.locator(".factors strong")).to_have_text("This computer")
    page.get_by_role("link", name="Rename This computer").click()
    page.get_by_label("Name").fill("Blue computer")
    grow_old(page.context)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.locator(".factors strong")).to_have_text("Blue computer")


def test_a_manager_approves_at_the_cashiers_screen(page: Page, cast: Cast, live_server: Any) -> None:
    manager = make_user(Role.MANAGER, "Abena Keys", branch=cast.north, password=PASSWORD)
    sign_in(page.context, manager, live_server.url)
    page.goto("/security/passkey/")
    page.get_by_label("Name").fill("Security key")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    Drawer.objects.filter(pk=cast.drawer.pk).update(deposit_limit_minor=10_000)
    opened(cast.drawer, cast.cashier)
    page.context.clear_cookies()
    sign_in(page.context, cast.cashier, live_server.url)
    page.goto("/counter/?q=d+102345+250")
    page.get_by_role("button", name=re.compile("Deposit")).click()
    page.get_by_text("The manager is here").click()
    page.get_by_label("Reason for the manager").fill("Market day")
    assert barriers(page) == ""
    page.get_by_role("button", name="Approve with a passkey").click()
    expect(page.locator("#done")).to_contain_text("deposit of GHS")
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.on_the_spot) == (manager, True)
    assert Event.objects.get(verb="proved on the spot").detail["by"] == "passkey"
