"""The queue of alerts and a case by keyboard alone, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.fraud.models import Case, HeldMovement
from tests.access.fraud import fraud_things
from tests.browser.driving import sign_in
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]


@pytest.fixture
def two(cast: Cast) -> list[Case]:
    """Two open cases with nothing held."""
    for account in (cast.ama_savings, cast.kofi_savings):
        fraud_things(account, cast.ama_user)
    HeldMovement.objects.update(state=HeldMovement.State.RETURNED)
    return list(Case.objects.order_by("opened_at", "pk"))


@pytest.fixture
def queue(cast: Cast, two: list[Case], browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    sign_in(context, cast.manager, live_server.url)
    page = context.new_page()
    page.goto("/fraud/")
    yield page
    context.close()


def standing(page: Page) -> str:
    """The row that holds the focus."""
    return str(page.evaluate("document.activeElement.closest('[data-row]')?.id || ''"))


def row(case: Case) -> str:
    return f"row-{case.number}"


def ticks(page: Page) -> int:
    return page.locator("[data-triage] input[type=checkbox]:checked").count()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_j_and_k_go_row_by_row_and_x_ticks(two: list[Case], queue: Page) -> None:
    press(queue, "j")
    assert standing(queue) == row(two[0])
    press(queue, "j")
    assert standing(queue) == row(two[1])
    press(queue, "k", "x")
    assert (standing(queue), ticks(queue)) == (row(two[0]), 1)
    press(queue, "x")
    assert ticks(queue) == 0


def test_three_keys_clear_a_case_from_the_queue(two: list[Case], queue: Page) -> None:
    press(queue, "j", "c", "Control+Enter")
    expect(queue.locator("[data-row]")).to_have_count(1)
    assert list(Case.objects.values_list("state", "reason").order_by("opened_at", "pk")) == [
        ("cleared", "customer"),
        ("open", ""),
    ]


def test_two_keys_clear_a_case_and_the_next_opens(two: list[Case], queue: Page) -> None:
    press(queue, "j", "Enter")
    queue.wait_for_url(f"**/cases/{two[0].number}/")
    press(queue, "c", "Control+Enter")
    queue.wait_for_url(f"**/cases/{two[1].number}/")
    two[0].refresh_from_db()
    assert (two[0].state, two[0].reason) == ("cleared", "customer")


def test_h_asks_why_and_holds_what_leaves_the_members_accounts(two: list[Case], queue: Page) -> None:
    press(queue, "j", "h")
    queue.keyboard.type("Both at night")
    press(queue, "Enter")
    expect(queue.locator(f"#{row(two[0])}")).to_contain_text("Movements held")
    assert list(Case.objects.order_by("opened_at", "pk").values_list("is_holding", flat=True)) == [True, False]
    press(queue, "j", "Enter")
    queue.wait_for_url(f"**/cases/{two[0].number}/")
    press(queue, "h")
    queue.keyboard.type("She called")
    press(queue, "Control+Enter")
    expect(queue.locator("#timeline")).to_contain_text("Movements go again: She called")


def test_one_key_each_assigns_and_escalates_and_puts_off(two: list[Case], queue: Page) -> None:
    step(queue, "a")
    expect(queue.get_by_role("status")).to_contain_text("1 case handed to you")
    step(queue, "e")
    expect(queue.locator("tbody tr").first).to_contain_text("Escalated")
    step(queue, "s")
    expect(queue.get_by_role("status")).to_contain_text("1 case put off")
    expect(queue.locator("[data-row]")).to_have_count(1)


def step(page: Page, key: str) -> None:
    """A key about the first row, once the page that the last one led to has its scripts."""
    page.wait_for_load_state("load")
    press(page, "j")
    expect(page.locator("[data-row] a").first).to_be_focused()
    with page.expect_navigation():
        press(page, key)


def test_what_is_ticked_and_where_one_stands_outlive_a_fresh_list(two: list[Case], queue: Page) -> None:
    press(queue, "j", "j", "x")
    with queue.expect_response(lambda answer: answer.url.endswith("/fraud/")):
        queue.evaluate("window.htmx.trigger('#results', 'live')")
    queue.wait_for_timeout(300)
    assert (standing(queue), ticks(queue)) == (row(two[1]), 1)


def test_letters_do_nothing_once_keys_are_off_nor_behind_g(two: list[Case], queue: Page) -> None:
    press(queue, "j", "g", "s")
    # Behind g the letter leads to a line of the menu.
    queue.wait_for_url(lambda url: not url.endswith("/fraud/"))
    queue.goto("/fraud/")
    queue.evaluate("localStorage.setItem('keys', 'off')")
    press(queue, "j", "s")
    queue.wait_for_timeout(300)
    assert not Case.objects.exclude(snoozed_until=None).exists()


def test_a_colleague_who_has_the_case_open_is_named(
    cast: Cast, two: list[Case], queue: Page, browser: Browser, live_server: Any
) -> None:
    context = browser.new_context(base_url=live_server.url)
    sign_in(context, cast.operations_manager, live_server.url)
    context.new_page().goto(f"/fraud/cases/{two[0].number}/")
    queue.goto(f"/fraud/cases/{two[0].number}/")
    expect(queue.locator("#colleagues")).to_contain_text(f"{cast.operations_manager} is looking at this case")
    context.close()
