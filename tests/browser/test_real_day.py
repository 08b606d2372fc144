"""One real day on the real server with a real worker: what the cashier posts stands on the customer's open page at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.people.models import User
from tests.books import old_days, pay_in
from tests.browser.driving import sign_in
from tests.cast import Cast
from tests.drawers.working import opened
from tests.processes import server, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

SECONDS = 1000
PageOf = Callable[[User], Page]


@pytest.fixture
def page_of(browser: Browser, cast: Cast) -> Iterator[PageOf]:
    """A browser of one's own for each person, all on the same server."""
    with server(PORTAL_HTTPS="0") as url, worker():
        contexts = []

        def begin(user: User) -> Page:
            context = browser.new_context(base_url=url)
            sign_in(context, user, url)
            contexts.append(context)
            return context.new_page()

        yield begin
        for context in contexts:
            context.close()


def test_a_deposit_and_a_transfer_reach_the_pages_that_are_open(cast: Cast, page_of: PageOf) -> None:
    opened(cast.drawer, cast.cashier)
    ama, kofi, counter = (page_of(user) for user in (cast.ama_user, cast.kofi_user, cast.cashier))
    for page in (ama, kofi):
        with page.expect_request("**/events/**"):
            page.goto("/")
    counter.goto("/counter/")
    expect(counter.locator("#who")).to_be_focused()
    for keys in ("102345", "250", "1", "", "1", ""):
        counter.keyboard.type(keys)
        counter.keyboard.press("Enter")
    expect(ama.get_by_text("+250.00")).to_be_visible(timeout=10 * SECONDS)
    _send_to_kofi(ama, cast)
    expect(kofi.get_by_text("Transfer from Ama Mensah")).to_be_visible(timeout=10 * SECONDS)


def _send_to_kofi(ama: Page, cast: Cast) -> None:
    ama.get_by_role("link", name="Send money").click()
    ama.get_by_role("radio", name="Somebody else").check()
    ama.locator("input[name=number]").fill(cast.kofi_savings.number)
    ama.get_by_role("button", name="Continue").click()
    expect(ama.get_by_text("Kofi Boateng").first).to_be_visible()
    ama.get_by_label("Amount").fill("75.50")
    ama.get_by_role("button", name="Continue").click()
    ama.get_by_role("button", name="Send GHS 75.50").click()
    expect(ama.get_by_role("heading", level=1)).to_contain_text("Receipt")


def test_the_worker_posts_interest_while_the_page_watches(cast: Cast, page_of: PageOf) -> None:
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "3000.00", day=date(2026, 10, 1))
    operations, auditor = page_of(cast.operations_manager), page_of(cast.auditor)
    operations.goto("/interest/")
    operations.get_by_role("button", name="Post").click()
    expect(operations.locator("main").get_by_text("1 of 3 accounts were paid interest")).to_be_visible(
        timeout=30 * SECONDS
    )
    operations.goto("/interest/")
    expect(operations.get_by_text("11.47").first).to_be_visible()
    auditor.goto("/reports/trial-balance/")
    expect(auditor.get_by_text("Debits and credits agree")).to_be_visible()
