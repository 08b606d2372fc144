"""A cashier's day by keyboard alone, in a real browser: every keystroke and every page load is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from portal.drawers.models import CashMovement, DrawerSession
from portal.loans import queries
from tests.browser.driving import sign_in
from tests.cast import Cast, ghs
from tests.drawers.working import balance, opened
from tests.loans.lending import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.needs("chromium-headless-shell")]

COUNTING = """
window.pressed = [];
window.clicked = 0;
addEventListener("keydown", (event) => { if (event.isTrusted) window.pressed.push(event.key); }, true);
addEventListener("mousedown", (event) => { if (event.isTrusted) window.clicked += 1; }, true);
"""


@dataclass(frozen=True)
class Presses:
    """What was pressed since the page was loaded: all keys, those that are no letter or digit, and mouse buttons."""

    keys: int
    control: int
    mouse: int


@pytest.fixture
def context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    made.add_init_script(COUNTING)
    yield made
    made.close()


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def desk(cast: Cast, session: DrawerSession, context: BrowserContext, live_server: Any) -> Iterator[Page]:
    """The teller screen of a cashier with an open drawer; nothing may go wrong in it unseen."""
    sign_in(context, cast.cashier, live_server.url)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto("/counter/")
    expect(page.locator("#who")).to_be_focused()
    page.evaluate("window.stamp = 'the same page'")
    yield page
    assert page.evaluate("window.stamp") == "the same page"
    assert [each for each in wrong if "422" not in each] == []


def presses(page: Page) -> Presses:
    keys: list[str] = page.evaluate("window.pressed")
    return Presses(len(keys), len([key for key in keys if len(key) > 1]), page.evaluate("window.clicked"))


def type_keys(page: Page, text: str) -> None:
    """Type as a person does; `⏎` is the Enter key. Without waiting for any answer."""
    for sign in text:
        page.keyboard.press("Enter" if sign == "⏎" else sign)


def done(page: Page) -> None:
    expect(page.locator("#serving")).to_have_attribute("data-state", "done")
    expect(page.locator("#who")).to_be_focused()


def test_a_deposit_with_notes_takes_seventeen_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "102345⏎")
    expect(desk.locator("#id_amount")).to_be_focused()
    type_keys(desk, "250⏎1⏎⏎1⏎")
    expect(desk.locator("#post")).to_be_focused()
    expect(desk.locator("#post")).to_have_text(f"Deposit 250.00 to Ama Mensah …{cast.ama_savings.last_four}")
    type_keys(desk, "⏎")
    done(desk)
    assert presses(desk) == Presses(keys=17, control=6, mouse=0)
    assert CashMovement.objects.get().notes == {"20000": 1, "5000": 1}
    assert balance(cast.ama_savings.ledger_account) == 125_000


def test_a_deposit_without_notes_takes_twelve_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    desk.evaluate("localStorage.setItem('notes', 'off')")
    type_keys(desk, "102345⏎")
    expect(desk.locator("#id_amount")).to_be_focused()
    type_keys(desk, "250⏎")
    expect(desk.locator("#post")).to_be_focused()
    type_keys(desk, "⏎")
    done(desk)
    assert presses(desk) == Presses(keys=12, control=3, mouse=0)


def test_keys_typed_ahead_of_the_answers_are_kept(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "102345⏎250⏎1⏎⏎1⏎⏎" + "102346⏎20⏎" + "⏎⏎⏎1⏎⏎")
    expect(desk.locator("#last > li")).to_have_count(2)
    done(desk)
    assert balance(cast.ama_savings.ledger_account) == 125_000
    assert balance(cast.kofi_savings.ledger_account) == 52_000


def test_one_line_deposits_without_waiting_for_the_card(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "d 102345 250⏎⏎")
    done(desk)
    assert presses(desk) == Presses(keys=14, control=2, mouse=0)
    assert balance(cast.ama_savings.ledger_account) == 125_000


def test_a_withdrawal_with_suggested_notes_takes_at_most_eighteen_keys(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    type_keys(desk, "w 102345⏎")
    expect(desk.locator("#id_amount")).to_be_focused()
    type_keys(desk, "250⏎")
    expect(desk.locator("#id_identity")).to_be_focused()
    type_keys(desk, "⏎")
    expect(desk.locator("#post")).to_be_focused()
    type_keys(desk, "⏎")
    done(desk)
    assert presses(desk).keys <= 18
    assert presses(desk).control <= 6
    assert CashMovement.objects.get().notes == {"20000": 1, "5000": 1}
    assert balance(cast.ama_savings.ledger_account) == 75_000


def test_a_repayment_in_one_line_takes_at_most_seventeen_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    loan = running(cast)
    type_keys(desk, "r 102345 254⏎")
    expect(desk.locator("#post")).to_be_focused()
    expect(desk.locator("#post")).to_have_text(f"Repay 254.00 for Ama Mensah …{loan.last_four}")
    type_keys(desk, "⏎")
    done(desk)
    assert presses(desk) == Presses(keys=14, control=2, mouse=0)
    expect(desk.locator("#last > li").first).to_contain_text("Loan repayment")
    expect(desk.locator("#paper .receipt")).to_contain_text("Principal")
    assert CashMovement.objects.get().amount_minor == 25_400


def test_f6_behind_a_number_repays_a_loan_with_notes_in_seventeen_keys(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    running(cast)
    type_keys(desk, "102345")
    desk.keyboard.press("F6")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "repayment")
    expect(desk.locator("#card")).to_contain_text("Due today")
    type_keys(desk, "250⏎1⏎⏎1⏎⏎")
    done(desk)
    assert presses(desk) == Presses(keys=17, control=6, mouse=0)
    assert CashMovement.objects.get().notes == {"20000": 1, "5000": 1}


def test_f6_turns_to_the_loan_of_who_is_served_and_warns_beyond_what_settles_it(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    running(cast)
    type_keys(desk, "102345⏎")
    expect(desk.locator("#id_amount")).to_be_focused()
    desk.keyboard.press("F6")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "repayment")
    type_keys(desk, "1300")
    expect(desk.locator("#over")).to_contain_text("100.00 more than settles the loan")
    type_keys(desk, "⏎6⏎1⏎⏎")
    done(desk)
    expect(desk.locator("#serving [role=status]")).to_contain_text("kept for Ama Mensah")


def test_a_repayment_is_taken_back_in_at_most_six_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    session.drawer.reversal_limit_minor = 100_000
    session.drawer.save()
    loan = running(cast)
    type_keys(desk, "r 102345 254⏎⏎")
    done(desk)
    desk.keyboard.press("Alt+r")
    expect(desk.locator("#id_reason_0")).to_be_focused()
    type_keys(desk, "⏎⏎")
    expect(desk.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    expect(desk.locator("#last > li.struck")).to_have_count(1)
    assert queries.outstanding(loan) == ghs("1200.00")


def test_a_balance_is_told_in_eight_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "102345⏎")
    expect(desk.locator("#card-name")).to_have_text("Ama Mensah")
    expect(desk.locator("#card-name").locator("xpath=ancestor::section")).to_contain_text("1,000.00")
    assert presses(desk).keys <= 8


def test_a_member_is_picked_from_the_list_by_arrows(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "mens")
    expect(desk.locator("#results [role=option]")).to_have_count(1)
    expect(desk.locator("#who")).to_have_attribute("aria-expanded", "true")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#who")).to_have_attribute("aria-activedescendant", "result-1")
    type_keys(desk, "⏎")
    expect(desk.locator("#card-name")).to_have_text("Ama Mensah")


def test_what_is_to_be_done_outlives_the_choice_from_the_list(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "w mens")
    expect(desk.locator("#results [role=option]")).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    type_keys(desk, "⏎")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "withdrawal")
    desk.keyboard.press("F2")
    desk.locator("#who").fill("")
    type_keys(desk, "boat")
    expect(desk.locator("#results [role=option]")).to_have_count(1)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("F4")
    expect(desk.locator("#card-name")).to_have_text("Kofi Boateng")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "withdrawal")


def test_what_is_refused_stays_typed(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "102345⏎5000.01⏎")
    expect(desk.locator("#id_note_20000")).to_be_focused()
    for _ in range(11):
        desk.keyboard.press("Enter")
    type_keys(desk, "⏎")
    expect(desk.locator(".error-summary")).to_contain_text("manager's approval")
    expect(desk.locator("#id_amount")).to_have_value("5000.01")
    expect(desk.locator("#id_amount")).to_be_focused()
    assert not CashMovement.objects.exists()


def test_beyond_a_limit_enter_leads_to_the_manager_and_the_next_member_is_typed_over(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    type_keys(desk, "d 102345 5000.01⏎⏎")
    expect(desk.locator("#id_amount")).to_be_focused()
    type_keys(desk, "⏎")
    expect(desk.locator(".beyond [name=reason]")).to_be_focused()
    desk.keyboard.type("Sold a field")
    type_keys(desk, "⏎")
    expect(desk.locator("#parked a")).to_contain_text("with the manager")
    expect(desk.locator("#who")).to_be_focused()
    type_keys(desk, "d 102346 20⏎⏎")
    done(desk)
    assert balance(cast.kofi_savings.ledger_account) == 52_000


def test_function_keys_change_what_is_done(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "102345⏎75")
    desk.keyboard.press("F4")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "withdrawal")
    expect(desk.locator("#id_amount")).to_have_value("75")
    desk.keyboard.press("F3")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "deposit")
    desk.keyboard.press("F2")
    expect(desk.locator("#who")).to_be_focused()


def test_the_cheque_key_leads_to_a_cheque_for_the_account_served(
    cast: Cast, session: DrawerSession, context: BrowserContext, live_server: Any
) -> None:
    sign_in(context, cast.cashier, live_server.url)
    page = context.new_page()
    page.goto("/counter/?q=102345")
    expect(page.locator("#id_amount")).to_be_focused()
    page.keyboard.press("F8")
    page.wait_for_url(f"**/cheques/new/?account={cast.ama_savings.number}")
    expect(page.locator("main")).to_contain_text("Ama Mensah")


def test_nobody_found_keeps_the_cursor_in_the_field(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "999999⏎")
    expect(desk.get_by_role("alert")).to_contain_text("Nobody found")
    expect(desk.locator("#who")).to_be_focused()


def test_the_last_receipt_is_printed_again_as_a_copy(cast: Cast, session: DrawerSession, desk: Page) -> None:
    desk.evaluate("() => { window.print = () => { document.documentElement.dataset.printed += '|'; }; }")
    desk.evaluate("document.documentElement.dataset.printed = ''")
    type_keys(desk, "d 102345 250⏎⏎")
    done(desk)
    expect(desk.locator("html")).to_have_attribute("data-printed", "")
    for copies in (1, 2, 3):
        desk.keyboard.press("Alt+p")
        expect(desk.locator("html")).to_have_attribute("data-printed", "|" * copies)
        marks = desk.locator("#paper .receipt-copy")
        expect(marks).to_have_text([f"COPY {copies - 1}"] if copies > 1 else [])


def test_a_transfer_is_one_line_and_the_payee(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "t 102345 75⏎")
    expect(desk.locator("#id_to")).to_be_focused()
    type_keys(desk, f"{cast.kofi_savings.number}⏎⏎⏎⏎")
    done(desk)
    assert balance(cast.kofi_savings.ledger_account) == 57_500


def test_the_last_movement_is_taken_back_in_at_most_six_keys(cast: Cast, session: DrawerSession, desk: Page) -> None:
    session.drawer.reversal_limit_minor = 100_000
    session.drawer.save()
    type_keys(desk, "d 102345 250⏎⏎")
    done(desk)
    before = presses(desk)
    desk.keyboard.press("Alt+r")
    expect(desk.locator("#id_reason_0")).to_be_focused()
    type_keys(desk, "⏎⏎")
    expect(desk.get_by_role("status").filter(has_text="Taken back")).to_be_visible()
    expect(desk.locator("#who")).to_be_focused()
    assert presses(desk).keys - before.keys <= 6
    assert presses(desk).mouse == 0
    assert balance(cast.ama_savings.ledger_account) == 100_000
    expect(desk.locator("#last > li.struck")).to_have_count(1)


def test_a_member_waits_aside_and_comes_back_with_what_was_typed(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    type_keys(desk, "102345⏎75")
    desk.keyboard.press("Alt+2")
    expect(desk.locator("#parked a")).to_contain_text("Ama Mensah")
    expect(desk.locator("#who")).to_be_focused()
    type_keys(desk, "d 102346 20⏎⏎")
    done(desk)
    desk.keyboard.press("Alt+2")
    expect(desk.locator("#id_amount")).to_have_value("75")
    desk.locator("#id_amount").focus()
    type_keys(desk, "⏎")
    for _ in range(11):
        desk.keyboard.press("Enter")
    type_keys(desk, "⏎")
    done(desk)
    expect(desk.locator("#parked a")).to_have_count(0)
    assert balance(cast.ama_savings.ledger_account) == 107_500


def test_several_legs_are_posted_together(cast: Cast, session: DrawerSession, desk: Page) -> None:
    type_keys(desk, "d 102345 250⏎")
    expect(desk.locator("#post")).to_be_focused()
    desk.keyboard.press("F9")
    expect(desk.locator("#visit .legs tbody tr")).to_have_count(1)
    desk.keyboard.press("F4")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "withdrawal")
    type_keys(desk, "50⏎⏎")
    desk.keyboard.press("F9")
    expect(desk.locator("#visit .legs tbody tr")).to_have_count(2)
    assert not CashMovement.objects.exists()
    type_keys(desk, "⏎⏎")
    done(desk)
    expect(desk.locator("#paper .receipt")).to_contain_text("Pay out")
    assert balance(cast.ama_savings.ledger_account) == 120_000


@pytest.fixture
def password(cast: Cast) -> str:
    """The cashier's, set before anybody signs in: a new one ends the sessions that are open."""
    cast.cashier.set_password("a long enough password")
    cast.cashier.save()
    return "a long enough password"


def test_a_locked_counter_keeps_what_was_typed(cast: Cast, session: DrawerSession, password: str, desk: Page) -> None:
    type_keys(desk, "102345⏎75")
    desk.keyboard.press("Control+l")
    expect(desk.locator("#unlock")).to_be_focused()
    assert "locked" in desk.context.request.get("/counter/").url
    desk.keyboard.type("wrong")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-lock-error]")).to_be_visible()
    desk.keyboard.type(password)
    desk.keyboard.press("Enter")
    expect(desk.locator("#lock")).to_be_hidden()
    expect(desk.locator("#id_amount")).to_have_value("75")


def test_a_list_that_comes_late_does_not_take_a_locked_counter_away(
    cast: Cast, session: DrawerSession, desk: Page
) -> None:
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    desk.route("**/counter/find/**", hold)
    with desk.expect_request("**/counter/find/**"):
        type_keys(desk, "mens")
    desk.keyboard.press("Control+l")
    expect(desk.locator("#unlock")).to_be_focused()
    with desk.expect_response("**/counter/find/**"):
        for each in late:
            each.continue_()
    desk.wait_for_timeout(300)
    expect(desk.locator("#who")).to_have_value("mens")
    assert desk.evaluate("window.stamp") == "the same page"


def test_the_list_of_keys_names_them_and_turns_them_off(cast: Cast, session: DrawerSession, desk: Page) -> None:
    desk.locator("h1").click()
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_contain_text("Alt 1 to 5")
    desk.locator("[data-keys-off]").check()
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).to_be_hidden()
    desk.locator("#who").focus()
    type_keys(desk, "102345⏎")
    desk.locator("#who").focus()
    expect(desk.locator("#serve")).to_be_visible()
    desk.keyboard.press("F4")
    expect(desk.locator("#serve")).to_have_attribute("data-verb", "deposit")
