"""Susu cards: others' worked numbers, boxes that agree with the books, and what must not happen."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services, susu
from portal.deposits.models import CardKind, DepositAccount, SusuCard, SusuPayment, SusuPlan, SusuSettlement
from portal.ledger import chart
from portal.ledger.models import Entry
from portal.ledger.queries import balance_at
from tests.cast import NOW, TODAY, Cast, assemble, ghs
from tests.deposits.plans import susu_product
from tests.deposits.test_services_at_once import all_at_once

RECORDS = {
    record["id"]: record
    for record in json.loads((Path(__file__).parent / "susu_cycles.json").read_text(encoding="utf-8"))["vectors"]
}


def start(cast: Cast, stake: str = "10.00", **product: Any) -> DepositAccount:
    made = susu_product(**product)
    return services.start_susu(
        customer=cast.ama, product=made, stake=ghs(stake), branch=cast.north, key=new_key(), by=cast.ama_user, at=NOW
    )


def pay(cast: Cast, account: DepositAccount, amount: str, **changes: Any) -> SusuPayment:
    drawer = cast.drawer.ledger_account
    given: dict[str, Any] = {"account": account, "amount": ghs(amount), "cash": drawer, "branch": cast.north}
    return services.pay_susu(**given | {"key": new_key(), "by": cast.cashier, "at": NOW} | changes)


def settle(cast: Cast, account: DepositAccount, **changes: Any) -> services.Settled:
    given: dict[str, Any] = {"account": account, "target": cast.ama_savings, "running_too": False, "key": new_key()}
    return services.settle_susu(**given | {"channel": "online", "by": cast.ama_user, "at": NOW} | changes)


def cards(account: DepositAccount) -> list[tuple[int, int]]:
    return list(SusuCard.objects.filter(plan__account=account).order_by("number").values_list("number", "filled"))


def booked(account: DepositAccount) -> Money:
    return queries.funds_of(account).booked


def owed(account: DepositAccount) -> Money:
    """What the cards say must be in the account: every paid box of a card that is not settled."""
    plan = SusuPlan.objects.get(account=account)
    return Money(plan.stake_minor * sum(card.filled for card in plan.cards.filter(settlement=None)), account.currency)


def test_a_calendar_card_is_filled_month_by_month() -> None:
    expected = RECORDS["SUS-01"]["expected"]["cycles"]
    started = date(2024, 9, 1)
    room, found = None, {}
    for days in (19, 31):
        for part in susu.fill(days, room, card=CardKind.MONTH, started_on=started):
            room = susu.Room(part.room.boxes, part.last, part.room.month)
            found[f"{part.room.month:%Y-%m}"] = (part.last, part.room.boxes)
    assert found == {cycle["cycle"]: (cycle["collected_days"], cycle["required_days"]) for cycle in expected}


@pytest.mark.parametrize("name", ["SUS-02", "SUS-03", "SUS-04"])
@pytest.mark.django_db
def test_fixed_cards_as_others_worked_them(cast: Cast, name: str) -> None:
    record = RECORDS[name]
    account = start(cast, record["params"]["susu_amount"])
    paid = record["contributions_in_days"]
    for days in [1] * 31 if paid == "31 x 1" else paid:
        pay(cast, account, str(Decimal(record["params"]["susu_amount"]) * days))
    expected = record["expected"]
    assert cards(account) == [(cycle["cycle_number"], cycle["completed"]) for cycle in expected["cycles"]]
    done = settle(cast, account, running_too=record["settlement_scope"] == "all_including_running")
    wanted = expected["settlement"]
    assert done.figures == susu.Figures(ghs(wanted["principal"]), ghs(wanted["charge"]), ghs(wanted["total"]))
    assert booked(cast.ama_savings) == ghs("1000.00") + ghs(wanted["total"])
    assert booked(account) == owed(account)
    assert balance_at(chart.branch_account(cast.north.pk, chart.SUSU_COMMISSION), TODAY) == ghs(wanted["charge"])


def test_february_of_a_leap_year_has_twenty_nine_boxes() -> None:
    parts = susu.fill(40, None, card=CardKind.MONTH, started_on=date(2028, 2, 29))
    assert [(part.room.month, part.room.boxes, part.last) for part in parts] == [
        (date(2028, 2, 1), 29, 29),
        (date(2028, 3, 1), 31, 11),
    ]


@pytest.mark.django_db
def test_the_same_payment_twice_fills_its_boxes_once(cast: Cast) -> None:
    account, key = start(cast), new_key()
    first = pay(cast, account, "30.00", key=key)
    assert pay(cast, account, "30.00", key=key) == first
    assert (cards(account), booked(account)) == ([(1, 3)], ghs("30.00"))


@pytest.mark.parametrize("amount", ["0.01", "15.00", "9.99", "3670.00"])
@pytest.mark.django_db
def test_only_whole_days_are_taken(cast: Cast, amount: str) -> None:
    account = start(cast)
    with pytest.raises(Refused):
        pay(cast, account, amount)
    assert (cards(account), booked(account)) == ([], ghs("0.00"))


@pytest.mark.django_db
def test_one_cannot_pay_from_or_settle_to_somebody_else(cast: Cast) -> None:
    account = start(cast)
    pay(cast, account, "310.00")
    with pytest.raises(Refused, match="same owner"):
        settle(cast, account, target=cast.kofi_savings)
    with pytest.raises(Refused, match="same owner"):
        services.pay_susu_from(
            account=account,
            source=cast.kofi_savings,
            amount=ghs("10.00"),
            key=new_key(),
            channel="online",
            by=cast.ama_user,
            at=NOW,
        )
    assert booked(cast.kofi_savings) == ghs("500.00")


@pytest.mark.django_db
def test_paying_from_ones_own_account_moves_both(cast: Cast) -> None:
    account = start(cast)
    services.pay_susu_from(
        account=account,
        source=cast.ama_savings,
        amount=ghs("50.00"),
        key=new_key(),
        channel="online",
        by=cast.ama_user,
        at=NOW,
    )
    assert (booked(cast.ama_savings), booked(account), cards(account)) == (ghs("950.00"), ghs("50.00"), [(1, 5)])


@pytest.mark.django_db
def test_no_other_door_moves_a_susu_account(cast: Cast) -> None:
    account = start(cast)
    pay(cast, account, "100.00")
    with pytest.raises(Refused, match="rules of daily susu"):
        services.transfer(
            source=account, target=cast.ama_savings, amount=ghs("1.00"), key=new_key(), by=cast.ama_user, at=NOW
        )
    with pytest.raises(Refused, match="rules of daily susu"):
        services.charge_fee(
            account=account, amount=ghs("1.00"), reason="Card", key=new_key(), by=cast.operations_manager, at=NOW
        )
    assert booked(account) == owed(account) == ghs("100.00")


@pytest.mark.django_db
def test_a_card_is_settled_once_and_the_same_request_answers_alike(cast: Cast) -> None:
    account, key = start(cast), new_key()
    pay(cast, account, "350.00")
    first = settle(cast, account, key=key)
    again = settle(cast, account, key=key)
    assert (first.posted.entry_id, again.posted.replayed) == (again.posted.entry_id, True)
    with pytest.raises(Refused, match="No card is full"):
        settle(cast, account)
    assert (SusuSettlement.objects.count(), booked(account)) == (1, ghs("40.00"))


@pytest.mark.django_db
def test_after_a_running_card_was_settled_the_next_day_begins_a_new_one(cast: Cast) -> None:
    account = start(cast, card=CardKind.MONTH)
    pay(cast, account, "50.00")
    settle(cast, account, running_too=True)
    pay(cast, account, "10.00")
    months = list(SusuCard.objects.order_by("number").values_list("month", "filled"))
    assert months == [(date(2026, 11, 1), 5), (date(2026, 12, 1), 1)]
    assert booked(account) == owed(account) == ghs("10.00")


@pytest.mark.django_db
def test_a_card_of_one_box_pays_nothing_out(cast: Cast) -> None:
    account = start(cast)
    pay(cast, account, "10.00")
    assert settle(cast, account, running_too=True).figures.payout == ghs("0.00")
    assert (booked(cast.ama_savings), booked(account)) == (ghs("1000.00"), ghs("0.00"))


@pytest.mark.django_db
def test_a_paused_card_takes_nothing_and_owes_nothing(cast: Cast) -> None:
    account = start(cast)
    services.pause_susu(account=account, reason="Travelling", by=cast.ama_user, at=NOW)
    with pytest.raises(Refused, match="paused"):
        pay(cast, account, "10.00")
    plan = SusuPlan.objects.get(account=account)
    assert susu.days_behind(plan, date(2026, 11, 25)) == 0
    services.resume_susu(account=account, by=cast.ama_user, at=NOW)
    pay(cast, account, "10.00")
    assert Entry.objects.filter(kind="deposit").count() == 1


@pytest.mark.django_db
def test_a_frozen_account_takes_no_stake(cast: Cast) -> None:
    account = start(cast)
    services.change_state(account=account, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="frozen"):
        pay(cast, DepositAccount.objects.get(pk=account.pk), "10.00")


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_fill_sixteen_different_boxes() -> None:
    cast = assemble()
    account = start(cast)
    answers = all_at_once(lambda _: pay(cast, account, "30.00"), 16)
    assert all(isinstance(answer, SusuPayment) for answer in answers)
    assert (cards(account), booked(account)) == ([(1, 31), (2, 17)], ghs("480.00"))
    done = all_at_once(lambda _: settle(cast, account), 4)
    assert sum(isinstance(answer, services.Settled) for answer in done) == 1
    assert booked(account) == owed(account) == ghs("170.00")
