"""Every page a role can open: no barrier that axe knows, no sideways scrolling on a phone, no word on the console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page

from portal.access.roles import Role
from portal.documents.models import Document
from tests.access.reviewed import ACTORS, LINES
from tests.access.world import World, build
from tests.architecture.house import addresses
from tests.browser.driving import barriers, sign_in
from tests.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

# The phone is tall, so that no control lies under the bar at its foot, from where anybody would scroll it.
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 3000}
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says on the console when a slow machine's answer comes after the next question has been asked."""
DIFFERENT = {
    "home",
    "account_inactive",
    "account_list",
    "customer_detail",
    "registration_tasks",
    "account_detail",
    "statement_choose",
    "document_check",
    "chat_detail",
}
NOT_PAGES = {
    "cheque_picture",
    "customer_file",  # sandboxed: no script runs in it, axe's neither
    "loan_paper",
    "movement_picture",  # the same
    "account_logout",
    "document_download",
    "events",
    "health_live",
    "health_ready",
    "statement_file",
    "statement_issued",
    "statement_pack_zip",
    "trial_balance_csv",
    "balance_sheet_csv",
    "general_ledger_csv",
    "income_statement_csv",
    "audit_trail_csv",
    "audit_trail_xlsx",
    "approvals_badge",
    "notice_badge",
    "ticket_badge",
    "help_badge",
    "chat_badge",
    "fraud_badge",
    "chat_lines",
    "complaint_csv",
    "dormant_csv",
    "thread_file",
    "attempt_csv",
    "session_log_csv",
}


@pytest.fixture
def world(cast: Cast) -> World:
    return build(cast)


def pages_of(world: World, actor: str) -> Iterator[str]:
    """The pages of the reviewed table that nobody before this actor can open, and what each sees in an own way."""
    known = {address.name: address for address in addresses()}
    for line in LINES:
        if line.method != "get" or line.place != "own" or line.name in NOT_PAGES:
            continue
        first = next((each for each in ACTORS if line.answers[each] == "200"), None)
        if actor == first or (line.name in DIFFERENT and line.answers[actor] == "200"):
            yield reverse(line.name, kwargs=world.own.of(known[line.name]))
    if actor == "cashier":
        yield "/counter/?q=102345"
    if actor == "anyone":
        yield reverse("document_verify", args=[Document.objects.earliest("created_at").code])


def look_at(page: Page, path: str) -> list[str]:
    """What is wrong with one page in both colours and at both widths. Only contrast differs between the colours."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"console: {message.text}") if _is_wrong(message) else None)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.goto(path)
    page.wait_for_load_state("load")
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # two whole numbers
            found = barriers(page, colours_only=colours == "dark")
            said += [f"{colours} {size['width']}: {found}"] if found else []
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                said.append(f"{colours} {size['width']}: scrolls sideways")
    return [f"{path} {each}" for each in said]


def _is_wrong(message: ConsoleMessage) -> bool:
    """An error, but for the event stream, which the tests' own server has not got, and a look given up for a newer one."""
    if message.type != "error" or message.text.startswith(GIVEN_UP):
        return False
    return "/events/" not in str(message.location.get("url"))


@pytest.mark.parametrize("actor", ["anyone", *Role])
def test_no_page_of_this_role_has_a_barrier(world: World, browser: Browser, live_server: Any, actor: str) -> None:
    context = browser.new_context(base_url=live_server.url)
    if actor != "anyone":
        sign_in(context, world.cast.of_role(actor), live_server.url)
    wrong = []
    for path in pages_of(world, actor):
        page = context.new_page()
        wrong += look_at(page, path)
        page.close()
    context.close()
    assert not wrong, "\n".join(wrong)
