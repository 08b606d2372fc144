"""From the wish for an account to its closure: each step by whom it may be taken, with its reason, and no way back in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connections

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import queries, services
from portal.deposits.models import AccountClosure, AccountEdit, AccountHolder, DepositAccount, TakenCharge
from portal.deposits.services.charging import set_charge
from portal.deposits.services.daily import ask_for_the_day
from portal.outbox.models import Job
from tasks import accounts
from tests.cast import NOW, Cast, assemble, fund, ghs, new_terms
from tests.deposits.test_services_post_interest import book, new_account


def asked(cast: Cast, *, by: Any = None) -> Any:
    return services.apply_for_account(
        customer=cast.ama, product=cast.savings, branch=cast.north, purpose="School", by=by or cast.ama_user, at=NOW
    )


def decided(cast: Cast, application: Any, *, accept: bool = True, reason: str = "", by: Any = None) -> Any:
    return services.decide_application(
        application=application, accept=accept, reason=reason, by=by or cast.manager, at=NOW
    )


def close(account: DepositAccount, cast: Cast, target: DepositAccount | None = None) -> AccountClosure:
    return services.close_account(
        account=account,
        reason="Moving away",
        target=target,
        key=new_key(),
        asked_by=cast.manager,
        approved_by=cast.operations_manager,
        at=NOW,
    )


def pay_in(account: DepositAccount, cast: Cast, amount: str = "1.00") -> Any:
    return services.receive_cash(
        account=account,
        amount=ghs(amount),
        cash=cast.drawer.ledger_account,
        branch=cast.north,
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )


def state(account: DepositAccount) -> str:
    return DepositAccount.objects.get(pk=account.pk).state


def test_what_a_customer_asks_for_moves_nothing_until_it_is_approved(cast: Cast) -> None:
    application = asked(cast)
    account = application.account
    assert (state(account), account.ledger_account.is_active) == ("applied", False)
    with pytest.raises(Refused, match="applied for"):
        pay_in(account, cast)
    decided(cast, application)
    account = DepositAccount.objects.get(pk=account.pk)
    assert account.state == "approved"
    pay_in(account, cast)
    assert state(account) == "active"
    assert [change.after for change in account.state_changes.all()] == ["approved", "active"]


def test_the_first_movement_charges_for_the_activation(cast: Cast) -> None:
    set_charge(
        kind="activation",
        product=None,
        currency="GHS",
        since=date(2026, 1, 1),
        values={"amount_minor": 500, "reason": "x"},
        by=cast.operations_manager,
        approved_by=None,
        at=NOW,
    )
    account = asked(cast, by=cast.cashier).account
    pay_in(account, cast, "50.00")
    services.collect_charges(at=NOW)
    assert queries.funds_of(account).booked == ghs("45.00")


def test_staff_open_at_once_unless_the_product_wants_a_second_person(cast: Cast) -> None:
    assert asked(cast, by=cast.cashier).account.state == "approved"
    new_terms(cast.savings, opening_needs_approval=True)
    application = asked(cast, by=cast.manager)
    assert application.account.state == "applied"
    with pytest.raises(Refused, match="Somebody else"):
        decided(cast, application)
    decided(cast, application, by=cast.operations_manager)
    assert state(application.account) == "approved"


def test_a_decision_is_taken_once_and_a_no_has_a_reason(cast: Cast) -> None:
    application = asked(cast)
    with pytest.raises(Refused, match="why not"):
        decided(cast, application, accept=False)
    decided(cast, application, accept=False, reason="No proof of address")
    with pytest.raises(Refused, match="meanwhile"):
        decided(cast, application)
    with pytest.raises(Refused, match="declined"):
        pay_in(DepositAccount.objects.get(pk=application.account_id), cast)


def test_a_blocked_account_takes_money_and_gives_none(cast: Cast) -> None:
    account = cast.ama_savings
    services.change_state(account=account, state="blocked", reason="Card lost", by=cast.manager, at=NOW)
    account.refresh_from_db()
    pay_in(account, cast)
    with pytest.raises(Refused, match="blocked"):
        services.transfer(
            source=account, target=cast.kofi_savings, amount=ghs("1"), key=new_key(), by=cast.ama_user, at=NOW
        )


@pytest.mark.parametrize(("before", "after"), [("frozen", "closed"), ("frozen", "dormant"), ("blocked", "closed")])
def test_some_ways_there_are_none(cast: Cast, before: str, after: str) -> None:
    account = new_account(cast, cast.savings)
    services.change_state(account=account, state=before, reason="Asked for", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="cannot become"):
        services.change_state(account=account, state=after, reason="Asked for", by=cast.manager, at=NOW)


def test_quiet_accounts_fall_asleep_and_wake_with_an_identity(cast: Cast) -> None:
    new_terms(cast.savings, dormancy_days=180)
    quiet, lively = new_account(cast, cast.savings), new_account(cast, cast.savings)
    book(quiet, [(date(2026, 3, 1), date(2026, 3, 1), 1_000)])
    book(lively, [(date(2026, 10, 1), date(2026, 10, 1), 1_000)])
    assert services.mark_dormant(branch=cast.north, at=NOW) > 0 == services.mark_dormant(branch=cast.north, at=NOW)
    assert (state(quiet), state(lively)) == ("dormant", "active")
    with pytest.raises(Refused, match="known"):
        services.change_state(account=quiet, state="active", reason="Came in", by=cast.manager, at=NOW)
    services.change_state(
        account=quiet, state="active", reason="Came in", identity_seen="Ghana Card, face", by=cast.manager, at=NOW
    )
    assert services.mark_dormant(branch=cast.north, at=NOW) == 0


def test_the_days_work_makes_quiet_accounts_dormant(cast: Cast) -> None:
    new_terms(cast.savings, dormancy_days=180)
    quiet = new_account(cast, cast.savings)
    ask_for_the_day(at=NOW)
    job = Job.objects.get(kind="deposits.day", payload__branch=cast.north.pk)
    assert accounts.run(job, at=NOW, progress=lambda *_: None)["dormant"] > 0
    assert state(quiet) == "dormant"
    assert accounts.run(job, at=NOW, progress=lambda *_: None)["dormant"] == 0


def test_a_closed_account_kept_its_last_balance_and_never_moves_again(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 10, 31), date(2026, 10, 31), 365_000)])
    closure = close(account, cast, target=cast.kofi_savings)
    assert (closure.payout, closure.payout_account) == ("transfer", cast.kofi_savings)
    assert (closure.last_balance_minor, closure.interest_minor) == (365_000 + closure.interest_minor, 945)
    assert queries.funds_of(account).booked.minor == 0
    for stale in (account, DepositAccount.objects.get(pk=account.pk)):
        with pytest.raises(Refused):
            pay_in(stale, cast)
    with pytest.raises(Refused, match="closed already"):
        services.change_state(account=account, state="active", reason="Oops", by=cast.manager, at=NOW)


def test_closing_takes_what_is_owed_and_the_early_fee(cast: Cast) -> None:
    new_terms(cast.savings, early_closure_days=10_000, early_closure_fee_minor=700, rate_bps=0)
    account = new_account(cast, cast.savings)
    fund(account, ghs("50.00"))
    TakenCharge.objects.create(
        account=account, kind="monthly", amount_minor=300, memo="Fee", used_on=cast.north.business_date, made_at=NOW
    )
    closure = close(account, cast, target=cast.kofi_savings)
    assert (closure.last_balance_minor, closure.fee_minor) == (4_000, 700)
    assert not TakenCharge.objects.filter(state="due").exists()


def test_a_rest_needs_a_place_and_it_is_a_holders(cast: Cast) -> None:
    with pytest.raises(Refused, match="remaining"):
        close(cast.ama_savings, cast)
    with pytest.raises(Refused, match="another account of a holder"):
        close(cast.ama_savings, cast, target=cast.kofi_savings)
    assert state(cast.ama_savings) == "active"


def test_holders_come_and_go_and_see_the_account_meanwhile(cast: Cast) -> None:
    account = cast.ama_savings
    holder = services.add_holder(account=account, customer=cast.kofi, reason="Married", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="already"):
        services.add_holder(account=account, customer=cast.kofi, reason="Twice", by=cast.manager, at=NOW)
    services.end_holder(holder=holder, reason="Divorced", by=cast.manager, at=NOW)
    assert not AccountHolder.objects.filter(until=None).exists()
    assert [(edit.before, edit.after) for edit in AccountEdit.objects.order_by("pk")] == [
        ({}, {"holder": "Kofi Boateng"}),
        ({"holder": "Kofi Boateng"}, {}),
    ]


def test_one_holder_alone_moves_nothing_of_what_all_hold(cast: Cast) -> None:
    account = cast.ama_savings
    services.edit_account(
        account=account, mandate="all", overdraft_limit=ghs("0"), reason="A club", by=cast.manager, at=NOW
    )
    account.refresh_from_db()
    with pytest.raises(Refused, match="together"):
        services.transfer(
            source=account, target=cast.kofi_savings, amount=ghs("1"), key=new_key(), by=cast.ama_user, at=NOW
        )


def test_an_overdraft_is_agreed_and_not_below_what_is_used(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    edit = services.edit_account(
        account=account, mandate="any", overdraft_limit=ghs("100"), reason="Agreed", by=cast.manager, at=NOW
    )
    assert (edit.before["overdraft_limit_minor"], edit.after["overdraft_limit_minor"]) == (0, 10_000)
    book(account, [(date(2026, 11, 20), date(2026, 11, 20), -9_000)])
    with pytest.raises(Refused, match="overdrawn further"):
        services.edit_account(
            account=account, mandate="any", overdraft_limit=ghs("89.99"), reason="Less", by=cast.manager, at=NOW
        )


@pytest.mark.django_db(transaction=True)
def test_a_deposit_and_a_closure_at_once_lose_no_money() -> None:
    cast = assemble()
    accounts = services.open_accounts(
        openings=[services.Opening(cast.kofi, cast.savings, cast.north, date(2026, 11, 21))] * 12, by=None, at=NOW
    )

    def deposit(account: DepositAccount) -> bool:
        return _done(lambda: pay_in(account, cast))

    def closing(account: DepositAccount) -> bool:
        return _done(lambda: close(account, cast))

    with ThreadPoolExecutor(8) as pool:
        both = [(pool.submit(deposit, account), pool.submit(closing, account)) for account in accounts]
        outcomes = [(paid.result(), shut.result()) for paid, shut in both]
    assert all(paid != shut for paid, shut in outcomes)
    for account, (paid, shut) in zip(accounts, outcomes, strict=True):
        assert (queries.funds_of(account).booked.minor, state(account)) == (100 * paid, "closed" if shut else "active")


def _done(work: Any) -> bool:
    try:
        work()
    except Refused:
        return False
    finally:
        connections.close_all()
    return True
