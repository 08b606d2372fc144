"""Fixed deposits: the chart's rate, interest to the unit, each maturity once, and what breaking early costs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import fixed, queries, services
from portal.deposits.calendar import add_months
from portal.deposits.models import DepositAccount, FixedEnding, FixedTerm, Instruction, Product, Terms
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.queries import balance_at
from portal.outbox.models import Job
from portal.people.models import Customer
from tests.cast import NOW, TODAY, Cast, assemble, ghs
from tests.deposits.plans import fixed_product
from tests.deposits.test_services_at_once import all_at_once

pytestmark = pytest.mark.django_db


def place(cast: Cast, amount: str = "500.00", months: int = 6, **changes: Any) -> FixedTerm:
    product = changes.pop("product", None) or fixed_product()
    given: dict[str, Any] = {"customer": cast.ama, "product": product, "source": cast.ama_savings}
    given |= {"amount": ghs(amount), "months": months, "instruction": Instruction.PAY_OUT, "pay_to": cast.ama_current}
    return services.place_fixed(
        **given | {"key": new_key(), "channel": "online", "by": cast.ama_user, "at": NOW} | changes
    )


def move_on(cast: Cast, day: date) -> Branch:
    Branch.objects.filter(pk=cast.north.pk).update(business_date=day)
    return Branch.objects.get(pk=cast.north.pk)


def booked(account: DepositAccount) -> Money:
    return queries.funds_of(account).booked


@pytest.mark.parametrize(
    ("amount", "months", "rate"),
    [("100.00", 3, 800), ("100.00", 5, 800), ("999.99", 12, 1200), ("1000.00", 6, 1100), ("1000.00", 36, 1350)],
)
def test_the_chart_goes_by_amount_then_term(amount: str, months: int, rate: int) -> None:
    known = fixed.fixed_terms(fixed_product(), TODAY)
    assert known is not None
    assert fixed.chart_rate(known.chart.all(), ghs(amount), months) == rate


@pytest.mark.parametrize(("amount", "months"), [("99.99", 6), ("100.00", 2), ("100.00", 0), ("100.00", 121)])
def test_what_the_chart_has_no_rate_for(cast: Cast, amount: str, months: int) -> None:
    with pytest.raises(Refused, match="no rate"):
        place(cast, amount, months)
    assert not FixedTerm.objects.exists()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_terms_end_on_a_day_that_exists(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_it_matures_on_its_day_with_interest_to_the_unit(cast: Cast) -> None:
    term = place(cast)
    assert (term.rate_bps, term.matures_on) == (1000, date(2027, 5, 21))
    assert services.mature_fixed(branch=move_on(cast, date(2027, 5, 20)), at=NOW) == 0
    branch = move_on(cast, date(2027, 5, 21))
    assert services.mature_fixed(branch=branch, at=NOW) == 1
    assert services.mature_fixed(branch=branch, at=NOW) == 0
    # 500.00 at 10 % for 181 of 365 days.
    assert (FixedEnding.objects.get().interest_minor, booked(cast.ama_current)) == (2479, ghs("774.79"))
    assert booked(term.account) == ghs("0.00")


def test_tax_is_kept_back(cast: Cast) -> None:
    product = fixed_product()
    Terms.objects.create(product=product, effective_from=date(2026, 1, 1), rate_bps=0, withholding_tax_bps=800)
    place(cast, product=product)
    services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW)
    assert booked(cast.ama_current) == ghs("772.81")
    assert balance_at(chart.branch_account(cast.north.pk, chart.TAX_PAYABLE), date(2027, 5, 21)) == ghs("1.98")


@pytest.mark.parametrize(
    ("instruction", "kept", "paid"),
    [(Instruction.ROLL_ALL, "524.79", "250.00"), (Instruction.ROLL_PRINCIPAL, "500.00", "274.79")],
)
def test_it_rolls_over_as_instructed(cast: Cast, instruction: str, kept: str, paid: str) -> None:
    term = place(cast, instruction=instruction)
    services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW)
    following = fixed.running_term(term.account)
    assert following is not None
    assert (following.number, following.principal, following.matures_on) == (2, ghs(kept), date(2027, 11, 21))
    assert (booked(term.account), booked(cast.ama_current)) == (ghs(kept), ghs(paid))


def test_a_branch_that_is_late_costs_no_days_of_the_next_term(cast: Cast) -> None:
    term = place(cast, instruction=Instruction.ROLL_ALL)
    services.mature_fixed(branch=move_on(cast, date(2027, 5, 25)), at=NOW)
    following = fixed.running_term(term.account)
    assert following is not None
    assert (following.starts_on, following.matures_on) == (date(2027, 5, 21), date(2027, 11, 21))


def test_the_newest_instruction_counts(cast: Cast) -> None:
    term = place(cast, instruction=Instruction.ROLL_ALL)
    later = NOW + timedelta(hours=1)
    services.instruct_fixed(
        account=term.account, instruction=Instruction.PAY_OUT, pay_to=cast.ama_savings, by=cast.ama_user, at=later
    )
    services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW)
    assert booked(cast.ama_savings) == ghs("1024.79")


def test_breaking_early_pays_the_lower_rate_for_the_days_it_lay(cast: Cast) -> None:
    term = place(cast)
    move_on(cast, date(2027, 2, 21))
    account = DepositAccount.objects.get(pk=term.account_id)
    broken = break_it(cast, account)
    assert break_it(cast, account) == broken
    # 500.00 at 2 % for 92 of 365 days.
    assert (broken.interest_minor, booked(cast.ama_current)) == (252, ghs("752.52"))
    assert services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW) == 0


def break_it(cast: Cast, account: DepositAccount, **changes: Any) -> FixedEnding:
    given: dict[str, Any] = {"account": account, "target": cast.ama_current, "channel": "online"}
    return services.break_fixed(**given | {"by": cast.ama_user, "at": NOW} | changes)


def test_nobody_else_gets_the_money(cast: Cast) -> None:
    term = place(cast)
    with pytest.raises(Refused, match="same owner"):
        break_it(cast, term.account, target=cast.kofi_savings)
    with pytest.raises(Refused, match="same owner"):
        place(cast, product=term.account.product, pay_to=cast.kofi_savings)


def test_a_frozen_payee_leaves_the_money_in_the_deposit(cast: Cast) -> None:
    term = place(cast)
    services.change_state(account=cast.ama_current, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW)
    assert booked(term.account) == ghs("524.79")
    account = DepositAccount.objects.get(pk=term.account_id)
    services.pay_out_matured(account=account, target=cast.ama_savings, key=new_key(), by=cast.ama_user, at=NOW)
    assert booked(cast.ama_savings) == ghs("1024.79")


def test_a_frozen_deposit_waits_and_the_others_do_not(cast: Cast) -> None:
    first, product = place(cast), Product.objects.get(code="06")
    place(cast, "100.00", product=product)
    services.change_state(account=first.account, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    assert services.mature_fixed(branch=move_on(cast, date(2027, 5, 21)), at=NOW) == 1
    assert not FixedEnding.objects.filter(term=first).exists()


def test_placing_twice_by_one_key_is_one_deposit(cast: Cast) -> None:
    product, key = fixed_product(), new_key()
    assert place(cast, product=product, key=key) == place(cast, product=product, key=key)
    assert booked(cast.ama_savings) == ghs("500.00")


def test_its_owner_is_told_once_before_it_matures(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.ama.pk).update(email="ama@example.org")
    place(cast)
    assert services.notice_maturities(branch=move_on(cast, date(2027, 5, 13)), at=NOW) == 0
    branch = move_on(cast, date(2027, 5, 14))
    assert [services.notice_maturities(branch=branch, at=NOW) for _ in range(2)] == [1, 0]
    assert Job.objects.filter(kind="mail.send").count() == 1


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_end_it_once() -> None:
    cast = assemble()
    place(cast)
    branch = move_on(cast, date(2027, 5, 21))
    done = all_at_once(lambda _: services.mature_fixed(branch=branch, at=NOW), 8)
    assert (sum(done), booked(cast.ama_current)) == (1, ghs("774.79"))
