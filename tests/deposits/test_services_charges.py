"""What services cost: shown as it is charged, in one place, once; by month; waived with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import charges, interest, queries, services
from portal.deposits.models import ChargeKind, DepositAccount, ServiceCharge, TakenCharge
from portal.ledger.models import Entry
from tests.cast import NOW, Cast, assemble, ghs, make_customer, new_terms
from tests.deposits.test_services_post_interest import book, new_account

OCTOBER_END = date(2026, 10, 31)
LONG_AGO = date(2025, 1, 1)


def charge(cast: Cast, kind: str, *, since: date = LONG_AGO, product: Any = None, **values: Any) -> ServiceCharge:
    return services.set_charge(
        kind=kind,
        product=product,
        currency="GHS",
        since=since,
        values={"reason": "Tariff", **values},
        by=cast.operations_manager,
        approved_by=cast.administrator,
        at=NOW,
    )


def withdraw(cast: Cast, amount: str, key: str = "") -> Any:
    return services.pay_cash(
        account=cast.ama_savings,
        amount=ghs(amount),
        cash=cast.drawer.ledger_account,
        branch=cast.north,
        key=key or new_key(),
        by=cast.cashier,
        at=NOW,
    )


@pytest.fixture
def with_cash(cast: Cast) -> Cast:
    services.receive_cash(
        account=cast.kofi_savings,
        amount=ghs("900"),
        cash=cast.drawer.ledger_account,
        branch=cast.north,
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )
    return cast


@given(st.integers(0, 10**9), st.integers(0, 10_000), st.integers(0, 10**6))
def test_a_share_is_rounded_half_to_even(moved: int, bps: int, fixed: int) -> None:
    asked = charges.price(ServiceCharge(amount_minor=fixed, percent_bps=bps, least_minor=0), moved)
    assert asked == fixed + interest.tax_of(moved, bps)


@pytest.mark.parametrize(("moved", "cost"), [(10_000, 200), (100_000, 1_000), (10_000_000, 5_000)])
def test_a_share_stays_between_least_and_most(moved: int, cost: int) -> None:
    assert charges.price(ServiceCharge(percent_bps=100, least_minor=200, most_minor=5_000), moved) == cost


def test_the_products_own_charge_goes_first_and_the_latest_holds(cast: Cast) -> None:
    charge(cast, ChargeKind.WITHDRAWAL, amount_minor=500)
    charge(cast, ChargeKind.WITHDRAWAL, amount_minor=100, product=cast.savings)
    charge(cast, ChargeKind.WITHDRAWAL, amount_minor=0, product=cast.savings, since=date(2026, 12, 1))
    found = [
        charges.charge_on(cast.savings, ChargeKind.WITHDRAWAL, day) for day in (date(2026, 11, 30), date(2026, 12, 1))
    ]
    assert [each.amount_minor if each else None for each in found] == [100, 0]


def test_a_day_that_is_taken_is_refused(cast: Cast) -> None:
    charge(cast, ChargeKind.MONTHLY, amount_minor=500)
    with pytest.raises(Refused, match="Another charge"):
        charge(cast, ChargeKind.MONTHLY, amount_minor=600)


def test_what_is_shown_is_charged_and_free_ones_are_counted(with_cash: Cast) -> None:
    cast = with_cash
    charge(cast, ChargeKind.WITHDRAWAL, amount_minor=250, free_a_month=2)
    shown = []
    for _ in range(3):
        shown.append(charges.cost_of(cast.ama_savings, ChargeKind.WITHDRAWAL, cast.north.business_date).amount.minor)
        withdraw(cast, "10.00")
    assert shown == [0, 0, 250]
    assert queries.funds_of(cast.ama_savings).booked == ghs("967.50")
    assert list(TakenCharge.objects.order_by("pk").values_list("state", flat=True)) == ["free", "free", "taken"]


def test_the_same_withdrawal_again_is_the_same_entry_and_free_once(with_cash: Cast) -> None:
    charge(with_cash, ChargeKind.WITHDRAWAL, amount_minor=250, free_a_month=1)
    key = new_key()
    first, again = withdraw(with_cash, "10.00", key), withdraw(with_cash, "10.00", key)
    assert (again.entry_id, again.replayed, TakenCharge.objects.count()) == (first.entry_id, True, 1)


def test_a_transfer_to_another_costs_and_to_oneself_does_not(cast: Cast) -> None:
    charge(cast, ChargeKind.TRANSFER, percent_bps=50, least_minor=100)
    own = new_account(cast, cast.savings)
    DepositAccount.objects.filter(pk=own.pk).update(customer=cast.ama)
    own.refresh_from_db()
    for target in (own, cast.kofi_savings):
        services.transfer(
            source=cast.ama_savings, target=target, amount=ghs("100"), key=new_key(), by=cast.ama_user, at=NOW
        )
    assert queries.funds_of(cast.ama_savings).booked == ghs("799.00")


def test_a_month_is_charged_once_however_often_it_is_run(cast: Cast) -> None:
    charge(cast, ChargeKind.MONTHLY, amount_minor=300)
    written = services.charge_month(month_end=OCTOBER_END, at=NOW)
    assert written > 0 == services.charge_month(month_end=OCTOBER_END, at=NOW)
    assert services.collect_charges(at=NOW) == TakenCharge.objects.filter(state="taken").count() > 0
    assert services.collect_charges(at=NOW) == 0
    assert queries.funds_of(cast.ama_savings).booked == ghs("997.00")
    assert (
        Entry.objects.get(pk=str(TakenCharge.objects.get(account=cast.ama_savings).entry_id)).memo
        == "Monthly fee October 2026"
    )


def test_who_fell_below_the_minimum_pays_for_it(cast: Cast) -> None:
    charge(cast, ChargeKind.MINIMUM_BALANCE, amount_minor=200, threshold_minor=5_000)
    low, high = new_account(cast, cast.savings), new_account(cast, cast.savings)
    for account, signed in ((low, -96_000), (high, -94_000)):
        book(account, [(date(2026, 9, 1), date(2026, 9, 1), 100_000), (date(2026, 10, 12), date(2026, 10, 12), signed)])
        book(account, [(date(2026, 10, 13), date(2026, 10, 13), 50_000)])
    services.charge_month(month_end=OCTOBER_END, at=NOW)
    assert [TakenCharge.objects.filter(account=account).count() for account in (low, high)] == [1, 0]


def test_an_overdraft_costs_its_own_rate(cast: Cast) -> None:
    new_terms(cast.savings, since=date(2026, 9, 1), overdraft_limit_minor=1_000_000, overdraft_rate_bps=3000)
    account = new_account(cast, cast.savings)
    DepositAccount.objects.filter(pk=account.pk).update(opened_on=date(2026, 9, 2))
    services.edit_account(
        account=account, mandate="any", overdraft_limit=ghs("10000"), reason="Agreed", by=cast.manager, at=NOW
    )
    moves = [(date(2026, 9, 20), date(2026, 9, 20), -730_000), (date(2026, 10, 11), date(2026, 10, 11), 730_000)]
    book(account, moves)
    services.charge_month(month_end=OCTOBER_END, at=NOW)
    due = TakenCharge.objects.get(account=account)
    rates = [
        queries.rate_of_terms(terms) for terms in queries.terms_between(account.product, date(2026, 10, 1), OCTOBER_END)
    ]
    ends = interest.balances(-730_000, [(day, signed) for _, day, signed in moves], date(2026, 10, 1), OCTOBER_END)
    assert (due.kind, due.exact, due.amount_minor) == ("overdraft", interest.overdraft_interest(ends, rates), 6_000)


def test_what_an_account_cannot_pay_stays_due(cast: Cast) -> None:
    charge(cast, ChargeKind.MONTHLY, amount_minor=300)
    account = new_account(cast, cast.savings)
    services.charge_month(month_end=OCTOBER_END, at=NOW)
    services.collect_charges(at=NOW)
    assert charges.due_total(account) == ghs("3.00")
    book(account, [(date(2026, 11, 20), date(2026, 11, 20), 299)])
    assert services.collect_charges(at=NOW) == 0


def test_a_due_charge_is_let_go_and_a_taken_one_given_back_once(cast: Cast) -> None:
    charge(cast, ChargeKind.MONTHLY, amount_minor=300)
    poor = new_account(cast, cast.savings)
    services.charge_month(month_end=OCTOBER_END, at=NOW)
    services.collect_charges(at=NOW)
    for account, state in ((poor, "waived"), (cast.ama_savings, "given_back")):
        taken = TakenCharge.objects.get(account=account)
        services.waive_charge(taken=taken, reason="Our mistake", by=cast.manager, at=NOW)
        taken.refresh_from_db()
        assert taken.state == state
        with pytest.raises(Refused, match="already"):
            services.waive_charge(taken=taken, reason="Again", by=cast.manager, at=NOW)
    assert queries.funds_of(cast.ama_savings).booked == ghs("1000.00")


def test_a_waiver_needs_a_reason(cast: Cast) -> None:
    charge(cast, ChargeKind.MONTHLY, amount_minor=300)
    services.charge_month(month_end=OCTOBER_END, at=NOW)
    taken = TakenCharge.objects.filter(account=cast.ama_savings).get()
    with pytest.raises(Refused, match="why"):
        services.waive_charge(taken=taken, reason="  ", by=cast.manager, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_charge_once() -> None:
    cast = assemble()
    charge(cast, ChargeKind.MONTHLY, amount_minor=300)
    opening = services.Opening(make_customer("Many", cast.north), cast.savings, cast.north, date(2025, 1, 1))
    for account in services.open_accounts(openings=[opening] * 20, by=None, at=NOW):
        book(account, [(date(2026, 9, 1), date(2026, 9, 1), 1_000)])

    def run(_: int) -> int:
        try:
            services.charge_month(month_end=OCTOBER_END, at=NOW)
            return services.collect_charges(at=NOW, batch=3)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        taken = sum(pool.map(run, range(4)))
    assert taken == TakenCharge.objects.filter(state="taken").count() == Entry.objects.filter(kind="fee").count() >= 20
