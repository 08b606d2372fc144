"""Shares and their dividend: capital at par, exact sums, each holder paid once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services, shares
from portal.deposits.models import Dividend, DividendPayment, DividendShare, Product, ShareDealing
from portal.ledger import chart
from portal.ledger.models import Entry
from portal.ledger.queries import balance_at
from tests.cast import NOW, TODAY, Cast, assemble, ghs, make_account
from tests.deposits.plans import share_product
from tests.deposits.test_services_at_once import all_at_once

pytestmark = pytest.mark.django_db
LAST_YEAR = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}


def buy(cast: Cast, product: Product, count: int, **changes: Any) -> ShareDealing:
    given: dict[str, Any] = {"customer": cast.ama, "product": product, "source": cast.ama_savings, "shares": count}
    return services.start_shares(
        **given | {"key": new_key(), "channel": "online", "by": cast.ama_user, "at": NOW} | changes
    )


def held_since(cast: Cast, product: Product, customer: Any, count: int, day: date) -> None:
    """Shares as an earlier year left them; the money of them is of no matter to a dividend."""
    account = make_account(customer, product)
    entry = Entry.objects.exclude(pk__in=ShareDealing.objects.values("entry"))[0]
    ShareDealing.objects.create(
        account=account, shares=count, price_minor=1000, dealt_on=day, entry=entry, at=NOW, by=None
    )


def declare(cast: Cast, product: Product, total: str | Money, **changes: Any) -> Dividend:
    given: dict[str, Any] = {"product": product, **LAST_YEAR, "by": cast.operations_manager}
    given["total"] = total if isinstance(total, Money) else ghs(total)
    return services.declare_dividend(**given | {"approved_by": cast.manager, "at": NOW} | changes)


def test_the_price_above_par_is_premium(cast: Cast) -> None:
    dealing = buy(cast, share_product(nominal=1000, price=1250), 20)
    funds = queries.funds_of(dealing.account)
    premium = balance_at(chart.branch_account(cast.north.pk, chart.SHARE_PREMIUM), TODAY)
    assert (funds.booked, premium, queries.funds_of(cast.ama_savings).booked) == (
        ghs("200.00"),
        ghs("50.00"),
        ghs("750.00"),
    )
    assert dealing.account.ledger_account.kind == "equity"


def test_buying_twice_by_one_key_opens_one_account(cast: Cast) -> None:
    product, key = share_product(), new_key()
    first, again = buy(cast, product, 5, key=key), buy(cast, product, 5, key=key)
    assert (first, shares.held_by(first.account)) == (again, 5)


def test_shares_are_given_back_at_the_days_price(cast: Cast) -> None:
    account = buy(cast, share_product(nominal=1000, price=1250), 20).account
    redeem(cast, account, 20)
    assert queries.funds_of(cast.ama_savings).booked == ghs("1000.00")
    assert (queries.funds_of(account).booked, shares.held_by(account)) == (ghs("0.00"), 0)


def redeem(cast: Cast, account: Any, count: int, **changes: Any) -> ShareDealing:
    given: dict[str, Any] = {"account": account, "target": cast.ama_savings, "shares": count, "key": new_key()}
    return services.redeem_shares(**given | {"channel": "online", "by": cast.ama_user, "at": NOW} | changes)


@pytest.mark.parametrize("count", [0, -1, 21, 19])
def test_what_cannot_be_given_back(cast: Cast, count: int) -> None:
    account = buy(cast, share_product(least_shares=5), 20).account
    with pytest.raises(Refused):
        redeem(cast, account, count)
    assert shares.held_by(account) == 20


@pytest.mark.parametrize("count", [0, -3, 4, 51])
def test_what_cannot_be_bought(cast: Cast, count: int) -> None:
    with pytest.raises(Refused):
        buy(cast, share_product(least_shares=5, most_shares=50), count)
    assert not ShareDealing.objects.exists()


def test_shares_go_to_nobody_elses_account(cast: Cast) -> None:
    account = buy(cast, share_product(), 20).account
    with pytest.raises(Refused, match="same owner"):
        redeem(cast, account, 5, target=cast.kofi_savings)


@given(st.integers(1, 10**9), st.dictionaries(st.integers(1, 10**6), st.integers(1, 10**7), min_size=1, max_size=60))
def test_parts_sum_to_the_total_and_each_is_its_share_to_the_unit(total: int, days: dict[int, int]) -> None:
    parts, whole = shares.split(total, days), sum(days.values())
    assert sum(part.amount_minor for part in parts) == total
    assert all(0 <= part.amount_minor - total * part.share_days // whole <= 1 for part in parts)


def test_a_dividend_follows_the_days_held_and_is_paid_once(cast: Cast) -> None:
    product = share_product()
    held_since(cast, product, cast.ama, 100, date(2024, 5, 1))
    held_since(cast, product, cast.kofi, 100, date(2025, 7, 2))
    held_since(cast, product, cast.outsider, 10, date(2026, 1, 1))
    dividend = declare(cast, product, "100.01")
    amounts = list(DividendShare.objects.order_by("account").values_list("share_days", "amount_minor"))
    assert amounts == [(36_500, 6661), (18_300, 3340)]
    assert services.pay_dividend(dividend=dividend, by=None, at=NOW, batch=1) == 2
    assert services.pay_dividend(dividend=dividend, by=None, at=NOW) == 0
    assert queries.funds_of(cast.kofi_savings).booked == ghs("533.40")
    assert balance_at(chart.branch_account(cast.north.pk, chart.DIVIDENDS_PAYABLE), TODAY) == ghs("0.00")


def test_who_has_no_account_is_paid_when_there_is_one(cast: Cast) -> None:
    product = share_product()
    held_since(cast, product, cast.kofi, 10, date(2024, 5, 1))
    dividend = declare(cast, product, "10.00")
    services.change_state(account=cast.kofi_savings, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    assert services.pay_dividend(dividend=dividend, by=None, at=NOW) == 0
    services.change_state(account=cast.kofi_savings, state="active", reason="Cleared", by=cast.manager, at=NOW)
    assert services.pay_dividend(dividend=dividend, by=None, at=NOW) == 1
    assert queries.funds_of(cast.kofi_savings).booked == ghs("510.00")


@pytest.mark.parametrize(
    "changes",
    [
        {"total": Money(0, "GHS")},
        {"period_start": date(2026, 1, 1), "period_end": TODAY},
        {"period_start": date(2025, 12, 31), "period_end": date(2025, 1, 1)},
        {"period_start": date(2020, 1, 1), "period_end": date(2020, 12, 31)},
    ],
)
def test_what_cannot_be_declared(cast: Cast, changes: dict[str, Any]) -> None:
    product = share_product()
    held_since(cast, product, cast.ama, 100, date(2024, 5, 1))
    with pytest.raises(Refused):
        declare(cast, product, **{"total": "10.00"} | changes)
    assert not Dividend.objects.exists()


def test_a_day_has_one_dividend(cast: Cast) -> None:
    product = share_product()
    held_since(cast, product, cast.ama, 100, date(2024, 5, 1))
    declare(cast, product, "10.00")
    with pytest.raises(Refused, match="had the dividend"):
        declare(cast, product, "5.00", period_start=date(2025, 12, 31), period_end=date(2026, 1, 31))


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_pay_each_holder_once() -> None:
    cast = assemble()
    product = share_product()
    held_since(cast, product, cast.ama, 30, date(2024, 5, 1))
    held_since(cast, product, cast.kofi, 10, date(2024, 5, 1))
    dividend = declare(cast, product, "40.00")
    done = all_at_once(lambda _: services.pay_dividend(dividend=dividend, by=None, at=NOW, batch=1), 8)
    assert (sum(done), DividendPayment.objects.count()) == (2, 2)
    assert queries.funds_of(cast.kofi_savings).booked == ghs("510.00")
