"""Two people in two browsers: what one says stands before the other within two seconds, with no reload."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from portal.base.clock import now
from portal.support.models import Chat
from portal.support.services import chatting
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast
from tests.processes import server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]
POLL_SECONDS, LIVE_SECONDS = 3, 2


@pytest.fixture
def chat(cast: Cast) -> Chat:
    made = Chat.objects.create(customer=cast.ama, branch=cast.north, began_at=now(), said_at=now())
    chatting.say(chat=made, text="Good day", key="first", by=cast.ama_user, at=now())
    return made


def opened(
    browser: Browser, user: Any, url: str, chat: Chat, *, by_stream: bool = False
) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=url, viewport={"width": 360, "height": 780})
    sign_in(context, user, url)
    page = context.new_page()
    if by_stream:
        page.route("**/chats/**", by_stream_alone)
    page.goto(f"/chats/{chat.pk}/")
    return context, page


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def test_two_people_talk(cast: Cast, browser: Browser, live_server: Any, chat: Chat) -> None:
    first, customer = opened(browser, cast.ama_user, live_server.url, chat)
    second, staff = opened(browser, cast.cashier, live_server.url, chat)
    staff.get_by_role("button", name="Answer").click()
    expect(customer.locator("#lines")).to_contain_text("Akua Cashier is here.")
    write(staff, "Good morning, what can I do?")
    begun = time.monotonic()
    expect(customer.locator("#lines")).to_contain_text("what can I do?")
    # The tests' own server has no event stream: this is the slow net behind it.
    assert time.monotonic() - begun < POLL_SECONDS + 12
    expect(staff.locator("#lines")).to_contain_text("Read")
    write(customer, "<b>My card</b> is lost")
    expect(staff.locator("#lines")).to_contain_text("<b>My card</b> is lost")
    expect(staff.get_by_label("Your message")).to_have_value("")
    expect(customer.locator("#lines .badge", has_text="Staff")).to_have_count(1)
    for page in (customer, staff):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # nothing lies half under the bar of a phone
        assert barriers(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    first.close()
    second.close()


def test_what_one_writes_is_told_to_the_other(cast: Cast, browser: Browser, live_server: Any, chat: Chat) -> None:
    chatting.take_chat(chat=chat, by=cast.cashier, at=now())
    first, customer = opened(browser, cast.ama_user, live_server.url, chat)
    second, staff = opened(browser, cast.cashier, live_server.url, chat)
    staff.get_by_label("Your message").press_sequentially("Let me see", delay=300)
    expect(customer.locator("#lines")).to_contain_text("Somebody is writing")
    first.close()
    second.close()


def by_stream_alone(route: Route) -> None:
    """Passes a page of the chat on without its slow net: what comes then, comes by the stream."""
    with suppress(Error):  # a newer question took the place of this one, or the page was closed
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(", every 3s", ""))


def test_by_the_stream_a_line_is_there_within_two_seconds_on_both_sides(
    cast: Cast, browser: Browser, chat: Chat
) -> None:
    chatting.take_chat(chat=chat, by=cast.cashier, at=now())
    with server(PORTAL_HTTPS="0") as url:
        first, customer = opened(browser, cast.ama_user, url, chat, by_stream=True)
        second, staff = opened(browser, cast.cashier, url, chat, by_stream=True)
        for writer, reader, text in (
            (customer, staff, "Has my card come?"),
            (staff, customer, "It has, this morning."),
        ):
            write(writer, text)
            begun = time.monotonic()
            expect(reader.locator("#lines")).to_contain_text(text)
            assert time.monotonic() - begun < LIVE_SECONDS
        first.close()
        second.close()


def slowly(route: Route) -> None:
    """The answer to a form comes after what it did has come by the stream."""
    answer = route.fetch(max_redirects=0)
    time.sleep(LIVE_SECONDS)
    route.fulfill(response=answer)


def test_who_makes_a_ticket_of_a_chat_gets_there_though_the_stream_was_faster(
    cast: Cast, browser: Browser, chat: Chat
) -> None:
    chatting.take_chat(chat=chat, by=cast.cashier, at=now())
    with server(PORTAL_HTTPS="0") as url:
        context, staff = opened(browser, cast.cashier, url, chat)
        staff.route("**/ticket/", slowly)
        staff.get_by_label("In one line").fill("A lost card")
        staff.locator("form[action$='/ticket/'] button").click()
        staff.wait_for_url("**/tickets/**")
        context.close()
