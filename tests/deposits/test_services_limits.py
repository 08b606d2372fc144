"""Limits hold: at once, in a day, for new payees, and for many movements at the same moment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import limits, queries, services
from portal.deposits.models import Beyond, ChargeKind, MoneyLimit, Payee
from portal.fraud.models import HeldMovement, Verdict
from portal.fraud.services.holding import release
from portal.ledger.services import Posted
from tests.cast import NOW, TODAY, Cast, assemble, fund, ghs, open_drawer
from tests.deposits.test_services_at_once import all_at_once
from tests.deposits.test_services_charges import charge
from tests.fraud.test_gate import rule

pytestmark = pytest.mark.django_db


def limit(cast: Cast, *, at_once: str = "", per_day: str = "", **scope: Any) -> MoneyLimit:
    given: dict[str, Any] = {"currency": "GHS", "effective_from": TODAY, "reason": "Rules of the house"}
    given |= {"at_once": ghs(at_once) if at_once else None, "per_day": ghs(per_day) if per_day else None}
    return services.set_limit(**given | {"by": cast.operations_manager, "approved_by": cast.manager, "at": NOW} | scope)


def send(cast: Cast, amount: str, **changes: Any) -> Posted:
    given: dict[str, Any] = {"source": cast.ama_savings, "target": cast.kofi_savings, "amount": ghs(amount)}
    return services.transfer(**given | {"key": new_key(), "by": cast.ama_user, "at": NOW} | changes)


def new_payee_rule(cast: Cast, per_day: str) -> None:
    services.set_new_payee_rule(
        currency="GHS",
        cooling_hours=24,
        per_day=ghs(per_day),
        effective_from=TODAY,
        reason="Rules of the house",
        by=cast.operations_manager,
        approved_by=cast.manager,
        at=NOW,
    )


def test_at_once(cast: Cast) -> None:
    limit(cast, at_once="100.00")
    send(cast, "100.00")
    with pytest.raises(services.LimitReached, match=r"At most GHS 100\.00"):
        send(cast, "100.01")


def test_in_a_day_it_says_what_is_left(cast: Cast) -> None:
    limit(cast, per_day="300.00")
    send(cast, "250.00")
    with pytest.raises(services.LimitReached, match=r"GHS 50\.00 is left"):
        send(cast, "50.01")
    send(cast, "50.00")


def test_the_same_request_is_answered_although_the_limit_is_used_up(cast: Cast) -> None:
    limit(cast, per_day="300.00")
    key = new_key()
    assert send(cast, "300.00", key=key).entry_id == send(cast, "300.00", key=key).entry_id


def test_between_ones_own_accounts_there_is_no_limit(cast: Cast) -> None:
    limit(cast, per_day="10.00")
    send(cast, "500.00", target=cast.ama_current)
    send(cast, "10.00")


@pytest.mark.parametrize(
    "scope",
    [
        {"channel": "counter"},
        {"role": Role.CASHIER},
        {"effective_from": TODAY + timedelta(days=1)},
        {"currency": "USD", "per_day": None},
    ],
)
def test_a_limit_of_another_scope_does_not_hold(cast: Cast, scope: dict[str, Any]) -> None:
    limit(cast, **{"per_day": "10.00"} | scope)
    send(cast, "500.00")


def test_of_a_product_and_of_a_person(cast: Cast) -> None:
    limit(cast, per_day="10.00", product=cast.current)
    limit(cast, per_day="20.00", customer=cast.kofi)
    send(cast, "500.00")
    with pytest.raises(services.LimitReached):
        send(cast, "11.00", source=cast.ama_current)
    with pytest.raises(services.LimitReached):
        send(cast, "21.00", source=cast.kofi_savings, target=cast.ama_savings, by=cast.kofi_user)


def test_the_newest_of_a_scope_counts_and_may_lift_it(cast: Cast) -> None:
    limit(cast, per_day="10.00")
    limit(cast, per_day="20.00")
    send(cast, "20.00")
    limit(cast)
    send(cast, "100.00")


def test_with_leave_it_may_go_beyond_where_the_rule_says_so(cast: Cast) -> None:
    limit(cast, per_day="10.00", beyond=Beyond.ASK)
    with pytest.raises(services.LimitReached) as refusal:
        send(cast, "11.00")
    assert refusal.value.may_ask
    send(cast, "11.00", is_approved=True)
    limit(cast, at_once="5.00", channel="online")
    with pytest.raises(services.LimitReached):
        send(cast, "11.00", is_approved=True)


def test_cash_at_the_counter_has_its_limit_too(cast: Cast) -> None:
    open_drawer(cast.drawer, cast.cashier)
    limit(cast, per_day="100.00", channel="counter")
    with pytest.raises(services.LimitReached):
        services.pay_cash(
            account=cast.ama_savings,
            amount=ghs("100.01"),
            cash=cast.drawer.ledger_account,
            branch=cast.north,
            key=new_key(),
            by=cast.cashier,
            at=NOW,
        )


def test_new_payees_share_a_limit_until_they_have_cooled(cast: Cast) -> None:
    new_payee_rule(cast, "50.00")
    payee = services.add_payee(customer=cast.ama, account=cast.kofi_savings, by=cast.ama_user, at=NOW)
    send(cast, "30.00")
    with pytest.raises(services.LimitReached, match=r"GHS 20\.00 may still"):
        send(cast, "20.01", target=cast.outsider_savings)
    send(cast, "500.00", at=payee.usable_from)
    with pytest.raises(services.LimitReached):
        send(cast, "50.01", target=cast.outsider_savings, at=payee.usable_from)


def test_a_payee_removed_and_saved_again_is_new(cast: Cast) -> None:
    payee = services.add_payee(customer=cast.ama, account=cast.kofi_savings, by=cast.ama_user, at=NOW)
    services.remove_payee(payee=payee, by=cast.ama_user, at=NOW + timedelta(days=3))
    again = services.add_payee(
        customer=cast.ama, account=cast.kofi_savings, by=cast.ama_user, at=NOW + timedelta(days=3)
    )
    assert again.usable_from == NOW + timedelta(days=4)
    assert Payee.objects.count() == 2


def test_ones_own_account_is_no_payee(cast: Cast) -> None:
    with pytest.raises(Refused, match="your own"):
        services.add_payee(customer=cast.ama, account=cast.ama_current, by=cast.ama_user, at=NOW)


def test_fees_count_in_no_limit_neither_the_ones_taken_nor_the_one_to_come(cast: Cast) -> None:
    charge(cast, ChargeKind.TRANSFER, amount_minor=500)
    limit(cast, at_once="60.00", per_day="100.00")
    send(cast, "60.00")
    assert [each.left for each in limits.left_of(cast.ama_savings)] == [ghs("40.00")]
    assert limits.left_to(cast.ama_savings, cast.kofi_savings, NOW) == ghs("40.00")
    with pytest.raises(services.LimitReached, match=r"GHS 40\.00 is left, fees not counted"):
        send(cast, "40.01")
    send(cast, "40.00")
    assert limits.left_to(cast.ama_savings, cast.kofi_savings, NOW) == ghs("0.00")
    assert queries.funds_of(cast.ama_savings).booked == ghs("890.00")


def test_fees_do_not_count_for_new_payees_either_and_the_least_is_left(cast: Cast) -> None:
    charge(cast, ChargeKind.TRANSFER, amount_minor=500)
    limit(cast, per_day="100.00")
    new_payee_rule(cast, "50.00")
    send(cast, "30.00")
    assert limits.left_to(cast.ama_savings, cast.outsider_savings, NOW) == ghs("20.00")
    with pytest.raises(services.LimitReached, match=r"GHS 20\.00 may still be sent today, fees not counted"):
        send(cast, "20.01", target=cast.outsider_savings)
    send(cast, "20.00", target=cast.outsider_savings)
    (most, *_) = limits.most_sent_to_new("GHS", TODAY, cooling_hours=24)
    assert most.sent == ghs("50.00")
    assert limits.left_to(cast.ama_savings, cast.ama_current, NOW) is None


def test_cash_paid_out_counts_without_its_fee(cast: Cast) -> None:
    open_drawer(cast.drawer, cast.cashier)
    charge(cast, ChargeKind.WITHDRAWAL, amount_minor=500)
    limit(cast, per_day="100.00")
    services.pay_cash(
        account=cast.ama_savings,
        amount=ghs("70.00"),
        cash=cast.drawer.ledger_account,
        branch=cast.north,
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )
    assert limits.left_to(cast.ama_savings, cast.kofi_savings, NOW) == ghs("30.00")


@pytest.mark.parametrize("changes", [{"reason": " "}, {"effective_from": date(2026, 11, 20)}])
def test_what_is_no_limit(cast: Cast, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        limit(cast, per_day="10.00", **changes)


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_stay_within_the_limit() -> None:
    cast = assemble()
    fund(cast.ama_current, ghs("1000.00"))
    limit(cast, per_day="100.00")
    pair = (cast.ama_savings, cast.ama_current)
    answers = all_at_once(lambda number: send(cast, "7.00", source=pair[number % 2]), 48)
    assert sum(isinstance(answer, Posted) for answer in answers) == 14
    assert queries.funds_of(cast.kofi_savings).booked == ghs("598.00")


def test_a_transfer_that_was_allowed_and_is_set_aside_for_review_is_not_asked_for_again(cast: Cast) -> None:
    limit(cast, at_once="100.00", beyond=Beyond.ASK)
    rule(Verdict.HOLD, least="150.00")
    key = new_key()
    asked = services.ask_for_transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("200.00"),
        memo="Rent",
        key=key,
        reason="Beyond the limit",
        by=cast.ama_user,
        at=NOW,
    )
    decided = decide(request=asked, approve=True, by=cast.manager, at=NOW)
    held = HeldMovement.objects.get()
    assert decided.state == Request.State.CARRIED_OUT
    assert (decided.result or {})["note"] == "a review of fraud decides whether it posts"
    assert queries.funds_of(cast.ama_savings).held == ghs("200.00")
    release(held=held, by=cast.operations_manager, at=NOW)
    assert queries.funds_of(cast.kofi_savings).booked == ghs("700.00")
