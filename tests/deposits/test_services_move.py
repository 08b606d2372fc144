"""Cash in and out, transfers and fees: what is posted, and every refusal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services
from portal.deposits.models import DepositAccount, Terms
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds, KeyReused
from portal.ledger.models import Entry
from portal.ledger.queries import lines_of
from portal.ledger.services import Posted
from tests.cast import NOW, Cast, ghs, make_account, open_drawer


def available(account: DepositAccount) -> Money:
    return queries.funds_of(account).available


def send(cast: Cast, amount: Money, **changes: Any) -> Posted:
    wanted: dict[str, Any] = {
        "source": cast.ama_savings,
        "target": cast.kofi_savings,
        "key": new_key(),
        "by": cast.ama_user,
    } | changes
    return services.transfer(amount=amount, at=NOW, **wanted)


def pay(cast: Cast, amount: Money, **changes: Any) -> Posted:
    open_drawer(cast.drawer, cast.cashier)
    wanted: dict[str, Any] = {
        "account": cast.ama_savings,
        "cash": cast.drawer.ledger_account,
        "branch": cast.north,
        "by": cast.cashier,
    }
    return services.pay_cash(amount=amount, key=new_key(), at=NOW, **(wanted | changes))


def receive(cast: Cast, amount: Money, **changes: Any) -> Posted:
    wanted: dict[str, Any] = {
        "account": cast.ama_savings,
        "cash": cast.drawer.ledger_account,
        "branch": cast.north,
        "by": cast.cashier,
    }
    return services.receive_cash(amount=amount, key=new_key(), at=NOW, **(wanted | changes))


def with_fee(cast: Cast, fee: Money) -> None:
    Terms.objects.create(
        product=cast.savings, effective_from=date(2026, 11, 1), rate_bps=450, withdrawal_fee_minor=fee.minor
    )


def test_cash_in_raises_both_accounts(cast: Cast) -> None:
    posted = receive(cast, ghs("250.00"))
    assert available(cast.ama_savings) == ghs("1250.00")
    assert [(line.account_id, line.side) for line in lines_of(posted.entry_id)] == [
        (cast.drawer.ledger_account_id, "D"),
        (cast.ama_savings.ledger_account_id, "C"),
    ]


def test_cash_in_at_another_branch_crosses_the_clearing(cast: Cast) -> None:
    posted = receive(cast, ghs("10.00"), cash=cast.rival_drawer.ledger_account, branch=cast.south)
    assert len(lines_of(posted.entry_id)) == 4
    assert available(cast.ama_savings) == ghs("1010.00")


def test_cash_out_lowers_both_accounts(cast: Cast) -> None:
    pay(cast, ghs("250.00"))
    assert available(cast.ama_savings) == ghs("750.00")


def test_the_fee_is_taken_with_the_same_entry(cast: Cast) -> None:
    with_fee(cast, ghs("2.50"))
    posted = pay(cast, ghs("100.00"))
    lines = [(line.account_id, line.side, line.amount_minor) for line in lines_of(posted.entry_id)]
    income = chart.branch_account(cast.north.pk, chart.FEE_INCOME)
    assert lines[2:] == [(cast.ama_savings.ledger_account_id, "D", 250), (income.pk, "C", 250)]
    assert available(cast.ama_savings) == ghs("897.50")


def test_too_large_a_payment_says_what_is_possible(cast: Cast) -> None:
    with_fee(cast, ghs("2.50"))
    with pytest.raises(InsufficientFunds, match=r"at most GHS 997\.50 beside the fee of GHS 2\.50") as caught:
        pay(cast, ghs("998.00"))
    assert caught.value.available_minor == 99_750


def test_the_most_that_is_possible_is_never_below_nothing(cast: Cast) -> None:
    with_fee(cast, ghs("2.50"))
    empty = make_account(cast.ama, cast.savings, balance=ghs("1.00"))
    with pytest.raises(InsufficientFunds, match=r"at most GHS 0\.00"):
        pay(cast, ghs("1.00"), account=empty)


def test_a_payment_repeated_answers_the_same_though_little_is_left(cast: Cast) -> None:
    key = new_key()
    open_drawer(cast.drawer, cast.cashier)
    wanted: dict[str, Any] = {"account": cast.ama_savings, "cash": cast.drawer.ledger_account, "branch": cast.north}
    first, again = (
        services.pay_cash(amount=ghs("600.00"), key=key, by=cast.cashier, at=NOW, **wanted) for _ in range(2)
    )
    assert (again.reference, again.replayed) == (first.reference, True)
    assert available(cast.ama_savings) == ghs("400.00")


def test_a_transfer_moves_the_amount(cast: Cast) -> None:
    send(cast, ghs("100.00"), memo="Rent")
    assert (available(cast.ama_savings), available(cast.kofi_savings)) == (ghs("900.00"), ghs("600.00"))


def test_a_transfer_crosses_branches(cast: Cast) -> None:
    send(cast, ghs("100.00"), target=cast.outsider_savings)
    assert available(cast.outsider_savings) == ghs("400.00")


def test_a_transfer_beyond_the_balance_says_how_much_there_is(cast: Cast) -> None:
    with pytest.raises(InsufficientFunds, match=r"at most GHS 1,000\.00"):
        send(cast, ghs("1000.01"))
    assert available(cast.kofi_savings) == ghs("500.00")


def test_the_same_key_moves_money_once(cast: Cast) -> None:
    key = new_key()
    first, again = send(cast, ghs("10.00"), key=key), send(cast, ghs("10.00"), key=key)
    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    assert available(cast.ama_savings) == ghs("990.00")


def test_the_same_key_for_another_amount_is_refused(cast: Cast) -> None:
    key = new_key()
    send(cast, ghs("10.00"), key=key)
    with pytest.raises(KeyReused):
        send(cast, ghs("11.00"), key=key)


def test_the_same_key_for_another_payee_is_refused(cast: Cast) -> None:
    key = new_key()
    send(cast, ghs("10.00"), key=key)
    with pytest.raises(KeyReused):
        send(cast, ghs("10.00"), key=key, target=cast.outsider_savings)


@pytest.mark.parametrize("amount", [Money(0, "GHS"), Money(-1, "GHS"), Money(-100_000, "GHS")])
def test_nothing_and_less_are_refused(cast: Cast, amount: Money) -> None:
    for move in (send, pay, receive):
        with pytest.raises(Refused, match="more than 0"):
            move(cast, amount)
    with pytest.raises(Refused, match="more than 0"):
        services.charge_fee(account=cast.ama_savings, amount=amount, reason="x", key=new_key(), by=None, at=NOW)


def test_another_currency_is_refused(cast: Cast) -> None:
    for move in (send, pay, receive):
        with pytest.raises(Refused, match="kept in GHS"):
            move(cast, Money(100, "USD"))


def test_an_account_cannot_pay_itself(cast: Cast) -> None:
    with pytest.raises(Refused, match="two different"):
        send(cast, ghs("1.00"), target=cast.ama_savings)


@pytest.mark.parametrize("state", ["frozen", "closed"])
def test_a_frozen_or_closed_account_does_not_move(cast: Cast, state: str) -> None:
    cast.ama_savings.state = state
    for move in (send, pay, receive):
        with pytest.raises(Refused, match=state):
            move(cast, ghs("1.00"))
    with pytest.raises(Refused, match=state):
        send(cast, ghs("1.00"), source=cast.kofi_savings, target=cast.ama_savings)
    assert not Entry.objects.filter(kind__in=["transfer", "deposit", "withdrawal"]).exists()


def test_a_dormant_account_takes_money_and_sends_none(cast: Cast) -> None:
    cast.ama_savings.state = DepositAccount.State.DORMANT
    send(cast, ghs("1.00"), source=cast.kofi_savings, target=cast.ama_savings)
    with pytest.raises(Refused, match="dormant"):
        send(cast, ghs("1.00"))


def test_an_account_frozen_meanwhile_is_shut_in_the_ledger_too(cast: Cast) -> None:
    stale = DepositAccount.objects.get(pk=cast.ama_savings.pk)
    services.change_state(account=cast.ama_savings, state="frozen", reason="Court order 7", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="does not move"):
        send(cast, ghs("1.00"), source=stale)


def test_a_released_account_moves_again(cast: Cast) -> None:
    for state in ("frozen", "active"):
        services.change_state(account=cast.ama_savings, state=state, reason="Checked", by=cast.manager, at=NOW)
    cast.ama_savings.refresh_from_db()
    send(cast, ghs("1.00"))
    assert cast.ama_savings.state_changes.count() == 2


@pytest.mark.parametrize(
    ("state", "reason", "said"), [("frozen", " ", "why"), ("active", "x", "already"), ("closed", "x", "empty")]
)
def test_a_change_of_state_is_refused(cast: Cast, state: str, reason: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        services.change_state(account=cast.ama_savings, state=state, reason=reason, by=cast.manager, at=NOW)


def test_a_fee_goes_to_the_branchs_income(cast: Cast) -> None:
    posted = services.charge_fee(
        account=cast.ama_savings, amount=ghs("5.00"), reason="Letter", key=new_key(), by=cast.manager, at=NOW
    )
    assert Entry.objects.get(pk=posted.entry_id).memo == "Letter"
    assert available(cast.ama_savings) == ghs("995.00")


def test_a_fee_needs_a_reason_and_cover(cast: Cast) -> None:
    with pytest.raises(Refused, match="what the fee is for"):
        services.charge_fee(account=cast.ama_savings, amount=ghs("5"), reason=" ", key=new_key(), by=None, at=NOW)
    with pytest.raises(InsufficientFunds, match=r"at most GHS 1,000\.00"):
        services.charge_fee(account=cast.ama_savings, amount=ghs("1001"), reason="x", key=new_key(), by=None, at=NOW)


def test_a_transfer_costs_few_statements(cast: Cast) -> None:
    send(cast, ghs("1.00"))
    with CaptureQueriesContext(connection) as caught:
        send(cast, ghs("1.00"))
    assert sum("ledger.post_one" in query["sql"] for query in caught) == 1
    # The others ask for limits and whether transfers cost anything, which is remembered outside of tests, and two are the
    # gate's: what it knows, and what it learns.
    sent = [query["sql"][:200] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sent) <= 6, sent


def test_a_nickname_is_kept_and_taken_back(cast: Cast) -> None:
    services.rename_account(account=cast.ama_savings, nickname="  School   fees ", by=cast.ama_user, at=NOW)
    assert DepositAccount.objects.get(pk=cast.ama_savings.pk).name == "School fees"
    services.rename_account(account=cast.ama_savings, nickname="", by=cast.ama_user, at=NOW)
    assert DepositAccount.objects.get(pk=cast.ama_savings.pk).name == "Savings"
