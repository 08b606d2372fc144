"""Many at once: no account falls below its floor, and no key moves money twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import queries, services
from portal.ledger.models import Entry
from portal.ledger.services import Posted
from tests.cast import NOW, Cast, assemble, ghs, make_account, open_drawer

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(work: Callable[[int], Any], times: int) -> list[Any]:
    """What each call answered: its result, or its refusal."""

    def one(number: int) -> Any:
        try:
            return work(number)
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(times)))


def test_fourteen_withdrawals_of_seven_fit_into_a_hundred() -> None:
    cast = assemble()
    open_drawer(cast.drawer, cast.cashier)
    account = make_account(cast.ama, cast.savings, balance=ghs("100.00"))

    def withdraw(number: int) -> Posted:
        return services.pay_cash(
            account=account,
            amount=ghs("7.00"),
            cash=cast.drawer.ledger_account,
            branch=cast.north,
            key=new_key(),
            by=cast.cashier,
            at=NOW,
        )

    answers = all_at_once(withdraw, 60)
    assert sum(isinstance(answer, Posted) for answer in answers) == 14
    assert queries.funds_of(account).booked == ghs("2.00")
    assert Entry.objects.filter(kind="withdrawal").count() == 14


def test_transfers_both_ways_neither_stick_nor_lose_anything() -> None:
    cast = assemble()
    pair = (cast.ama_savings, cast.outsider_savings)

    def send(number: int) -> Posted:
        source, target = pair if number % 2 else pair[::-1]
        return services.transfer(
            source=source, target=target, amount=ghs("1.00"), key=new_key(), by=cast.ama_user, at=NOW
        )

    answers = all_at_once(send, 40)
    assert all(isinstance(answer, Posted) for answer in answers)
    assert [queries.funds_of(account).booked for account in pair] == [ghs("1000.00"), ghs("300.00")]


def test_one_key_sent_sixteen_times_is_one_transfer() -> None:
    cast, key = assemble(), new_key()

    def send(number: int) -> Posted:
        return services.transfer(
            source=cast.ama_savings,
            target=cast.kofi_savings,
            amount=ghs("5.00"),
            key=key,
            by=cast.ama_user,
            at=NOW,
        )

    answers = all_at_once(send, 16)
    assert len({answer.reference for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert queries.funds_of(cast.ama_savings).booked == ghs("995.00")


def test_accounts_opened_at_once_have_different_numbers() -> None:
    cast: Cast = assemble()

    def open_one(number: int) -> str:
        opened = services.open_account(
            customer=cast.kofi, product=cast.savings, branch=cast.north, by=cast.manager, at=NOW
        )
        return opened.number

    assert len(set(all_at_once(open_one, 16))) == 16
