"""Signing in and out in a real browser, with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from portal.access.roles import Role
from portal.people.models import User
from tests.cast import Cast, make_customer, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]
PASSWORD = "market women count twice"


@pytest.fixture
def member(cast: Cast) -> User:
    cache.clear()
    return make_user(Role.CUSTOMER, "Nana Member", customer=make_customer("Nana Member", cast.north), password=PASSWORD)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, live_server: Any) -> Any:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_in_by_password_and_out_again(page: Page, member: User) -> None:
    page.goto("/profile/")
    fill_in(page, member.email, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    page.get_by_label("your menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_says_how_to_go_on_and_keeps_the_address(page: Page, member: User) -> None:
    page.goto("/sign-in/")
    fill_in(page, member.email, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Forgot your password?")
    expect(page.get_by_label("E-mail address")).to_have_value(member.email)


def test_the_back_button_shows_nothing_after_signing_out(page: Page, member: User) -> None:
    page.goto("/profile/")
    fill_in(page, member.email, PASSWORD)
    page.goto("/sign-out/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_text("Nana Member")).to_have_count(0)


def test_one_click_in_the_demonstration(page: Page, cast: Cast, settings: Settings) -> None:
    settings.DEMONSTRATION = True
    User.objects.filter(pk=cast.auditor.pk).update(email="auditor@quayside.example")
    page.goto("/sign-in/")
    page.get_by_role("button", name="Auditor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The state of the books")
