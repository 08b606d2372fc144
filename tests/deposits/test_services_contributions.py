"""Monthly contributions: which month a payment covers, and one fine for one late month."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import contributions, queries, services
from portal.deposits.models import ContributionFine, ContributionPlan, DepositAccount
from portal.institution.models import Branch
from tests.cast import NOW, TODAY, Cast, assemble, ghs
from tests.deposits.plans import contribution_product
from tests.deposits.test_services_at_once import all_at_once

pytestmark = pytest.mark.django_db


def start(cast: Cast, monthly: str = "100.00", target: str = "1200.00", **product: Any) -> DepositAccount:
    account = services.start_contribution(
        customer=cast.ama,
        product=contribution_product(**product),
        monthly=ghs(monthly),
        target=ghs(target),
        branch=cast.north,
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    ContributionPlan.objects.filter(account=account).update(first_month=date(2026, 9, 1))
    return account


def pay(cast: Cast, account: DepositAccount, amount: str) -> None:
    services.transfer(
        source=cast.ama_savings, target=account, amount=ghs(amount), key=new_key(), by=cast.ama_user, at=NOW
    )


def states(account: DepositAccount, day: date = TODAY) -> list[str]:
    plan = ContributionPlan.objects.get(account=account)
    return [month.state for month in contributions.progress(plan, day).months]


def test_a_plan_begins_with_the_month_that_is_not_due_yet(cast: Cast) -> None:
    start(cast)
    late = services.start_contribution(
        customer=cast.ama,
        product=contribution_product("07", due_day=31),
        monthly=ghs("10.00"),
        target=ghs("10.00"),
        branch=cast.north,
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    assert ContributionPlan.objects.get(account=late).first_month == date(2026, 11, 1)


def test_payments_cover_the_oldest_month_first(cast: Cast) -> None:
    account = start(cast)
    assert states(account) == ["late", "late", "late"]
    pay(cast, account, "150.00")
    assert states(account) == ["paid", "late", "late"]
    assert states(account, date(2026, 10, 8)) == ["paid", "pending"]


def test_the_thirty_first_is_due_on_the_last_of_february(cast: Cast) -> None:
    account = start(cast, due_day=31, grace_days=0)
    plan = ContributionPlan.objects.get(account=account)
    months = contributions.progress(plan, date(2028, 2, 29)).months
    assert [str(months[-1].due_on), str(months[5].due_on)] == ["2027-08-31", "2027-02-28"]


def test_beyond_the_target_nothing_is_due(cast: Cast) -> None:
    account = start(cast, target="150.00")
    pay(cast, account, "150.00")
    assert states(account, date(2027, 11, 1)) == ["paid", "paid"]


def test_each_late_month_is_fined_once(cast: Cast) -> None:
    account = start(cast)
    pay(cast, account, "100.00")
    assert services.fine_late_contributions(branch=cast.north, at=NOW) == 2
    assert services.fine_late_contributions(branch=cast.north, at=NOW) == 0
    assert queries.funds_of(account).booked == ghs("96.00")
    assert states(account) == ["paid", "late", "late"]


def test_an_empty_account_is_fined_when_it_can_pay(cast: Cast) -> None:
    account = start(cast)
    assert services.fine_late_contributions(branch=cast.north, at=NOW) == 0
    pay(cast, account, "3.00")
    assert services.fine_late_contributions(branch=cast.north, at=NOW) == 1
    assert ContributionFine.objects.get().month == date(2026, 9, 1)


def test_a_frozen_plan_is_left_alone(cast: Cast) -> None:
    account = start(cast)
    pay(cast, account, "100.00")
    services.change_state(account=account, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    assert services.fine_late_contributions(branch=cast.north, at=NOW) == 0


@pytest.mark.parametrize(("monthly", "target"), [("0.50", "100.00"), ("10.00", "5.00")])
def test_what_is_no_plan(cast: Cast, monthly: str, target: str) -> None:
    with pytest.raises(Refused):
        start(cast, monthly, target)


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_fine_once() -> None:
    cast = assemble()
    account = start(cast)
    pay(cast, account, "100.00")
    branch = Branch.objects.get(pk=cast.north.pk)
    done = all_at_once(lambda _: services.fine_late_contributions(branch=branch, at=NOW), 8)
    assert (sum(done), queries.funds_of(account).booked) == (2, ghs("96.00"))
