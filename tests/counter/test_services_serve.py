"""Serving a member: what is posted, what is kept, what is refused."""

from __future__ import annotations

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.deposits.services import change_state
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import report
from portal.drawers.services import pause_session
from portal.ledger.models import Entry, EntryKind
from tests.cast import NOW, Cast, ghs, make_customer, new_terms
from tests.counter.working import pay_out, take_in
from tests.drawers.working import balance, counted, lines, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def code_of(serve: object, *arguments: object, **changes: object) -> str:
    with pytest.raises(Refused) as refused:
        serve(*arguments, **changes)  # type: ignore[operator]
    return refused.value.code


def test_a_deposit_moves_cash_and_account_together(cast: Cast, session: DrawerSession) -> None:
    posted = take_in(session, cast.ama_savings, "250.00", {20000: 1, 5000: 1, 100: 0})
    assert [line[::2] for line in lines(EntryKind.DEPOSIT)] == [("Debit", 25_000), ("Credit", 25_000)]
    assert balance(cast.ama_savings.ledger_account) == 125_000
    assert balance(cast.drawer.ledger_account) == 125_000
    movement = CashMovement.objects.get(entry_id=posted.entry_id)
    assert (movement.way, movement.amount_minor, movement.notes) == ("in", 25_000, {"20000": 1, "5000": 1})


def test_a_withdrawal_pays_out_and_says_who_looked(cast: Cast, session: DrawerSession) -> None:
    posted = pay_out(session, cast.ama_savings, "250.00", {20000: 1, 5000: 1})
    assert balance(cast.ama_savings.ledger_account) == 75_000
    assert balance(cast.drawer.ledger_account) == 75_000
    movement = CashMovement.objects.get(entry_id=posted.entry_id)
    assert (movement.way, movement.identity_seen) == ("out", True)


def test_the_withdrawal_fee_is_in_the_same_entry(cast: Cast, session: DrawerSession) -> None:
    new_terms(cast.savings, withdrawal_fee_minor=150)
    pay_out(session, cast.ama_savings, "100.00")
    assert [amount for _, _, amount in lines(EntryKind.WITHDRAWAL)] == [10_000, 10_000, 150, 150]
    assert balance(cast.drawer.ledger_account) == 90_000


def test_a_member_of_another_branch_is_served(cast: Cast, session: DrawerSession) -> None:
    take_in(session, cast.outsider_savings, "50.00")
    assert balance(cast.outsider_savings.ledger_account) == 35_000
    assert balance(cast.drawer.ledger_account) == 105_000


def test_the_same_form_twice_posts_once(cast: Cast, session: DrawerSession) -> None:
    key = new_key()
    first, second = (take_in(session, cast.ama_savings, "250.00", key=key) for _ in range(2))
    assert (first.reference, second.replayed) == (second.reference, True)
    assert CashMovement.objects.count() == 1


def test_a_lost_answer_is_found_again_after_the_drawer_closed(cast: Cast, session: DrawerSession) -> None:
    key = new_key()
    first = take_in(session, cast.ama_savings, "200.00", key=key)
    counted(session, {20000: 6})
    again = take_in(session, cast.ama_savings, "200.00", key=key)
    assert (again.reference, again.replayed) == (first.reference, True)


@pytest.mark.parametrize("changed", ["amount", "account", "memo", "way"])
def test_a_key_with_other_contents_is_refused(cast: Cast, session: DrawerSession, changed: str) -> None:
    key = new_key()
    take_in(session, cast.ama_savings, "250.00", key=key)
    account = cast.ama_current if changed == "account" else cast.ama_savings
    amount, memo = ("251.00" if changed == "amount" else "250.00"), ("other" if changed == "memo" else "")
    serve = pay_out if changed == "way" else take_in
    assert code_of(serve, session, account, amount, key=key, memo=memo) == "key_reused"
    assert Entry.objects.filter(kind__in=["deposit", "withdrawal"]).count() == 1


def test_nothing_is_left_behind_by_a_refusal(cast: Cast, session: DrawerSession) -> None:
    assert code_of(pay_out, session, cast.kofi_savings, "500.01") == "insufficient_funds"
    assert not CashMovement.objects.exists()
    assert report(session).expected.minor == balance(cast.drawer.ledger_account) == 100_000


def test_what_could_be_withdrawn_is_said(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match=r"at most GHS 500\.00"):
        pay_out(session, cast.kofi_savings, "500.01")


def test_a_withdrawal_needs_a_look_at_who_it_is(cast: Cast, session: DrawerSession) -> None:
    assert code_of(pay_out, session, cast.ama_savings, "10.00", identity_seen=False) == "identity"


def test_another_cashiers_drawer_serves_nobody(cast: Cast, session: DrawerSession) -> None:
    for serve in (take_in, pay_out):
        assert code_of(serve, session, cast.ama_savings, "10.00", by=cast.rival_cashier) == "not_yours"


def test_a_paused_and_a_closed_drawer_serve_nobody(cast: Cast, session: DrawerSession) -> None:
    pause_session(session=session, by=cast.cashier, at=NOW)
    assert code_of(take_in, session, cast.ama_savings, "10.00") == "not_active"
    counted(session, {20000: 5})
    assert code_of(take_in, session, cast.ama_savings, "10.00") == "not_active"


@pytest.mark.parametrize("state", [DepositAccount.State.FROZEN, DepositAccount.State.CLOSED])
def test_an_account_that_does_not_move_is_refused(cast: Cast, session: DrawerSession, state: str) -> None:
    if state == DepositAccount.State.CLOSED:
        pay_out(session, cast.kofi_savings, "500.00")
    change_state(account=cast.kofi_savings, state=state, reason="Asked for", by=cast.manager, at=NOW)
    cast.kofi_savings.refresh_from_db()
    assert code_of(take_in, session, cast.kofi_savings, "10.00") == "not_moving"


def test_nobody_serves_their_own_account(cast: Cast, session: DrawerSession) -> None:
    member = make_customer("Akua Cashier", cast.north)
    member.email = cast.cashier.email.upper()
    account = cast.kofi_savings
    account.customer = member
    for serve in (take_in, pay_out):
        assert code_of(serve, session, account, "10.00") == "own_account"


def test_limits_and_notes_are_asked_of_the_drawer(cast: Cast, session: DrawerSession) -> None:
    assert code_of(take_in, session, cast.ama_savings, "5000.01") == "deposit_limit"
    assert code_of(pay_out, session, cast.ama_savings, "5000.01") == "withdrawal_limit"
    assert code_of(take_in, session, cast.ama_savings, "250.00", {20000: 1}) == "notes_differ"


def test_the_drawer_pays_out_only_what_it_holds(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier, {20000: 1})
    assert code_of(pay_out, session, cast.ama_savings, "200.01") == "drawer_short"
    assert pay_out(session, cast.ama_savings, "200.00").reference
    assert balance(cast.drawer.ledger_account) == 0


def test_an_amount_of_nothing_is_refused(cast: Cast, session: DrawerSession) -> None:
    assert code_of(take_in, session, cast.ama_savings, "0.00") == "amount"
    assert ghs("0.00").minor == 0
