"""Cash for a susu card and for shares: the drawer, the card and the register move together."""

from __future__ import annotations

from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.counter import services
from portal.deposits.models import DepositAccount, SusuPayment
from portal.deposits.services import start_shares, start_susu
from portal.deposits.shares import held_by
from portal.drawers.models import CashMovement, DrawerSession
from portal.ledger.models import Entry
from tests.cast import NOW, Cast, ghs
from tests.counter.working import pay_out, take_in
from tests.deposits.plans import share_product, susu_product
from tests.drawers.working import balance, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def card(cast: Cast) -> DepositAccount:
    """A susu card of GHS 2.00 a day."""
    given: dict[str, Any] = {
        "customer": cast.ama,
        "branch": cast.north,
        "by": cast.cashier,
        "at": NOW,
        "key": new_key(),
    }
    return start_susu(product=susu_product(), stake=ghs("2.00"), **given)


@pytest.fixture
def shares(cast: Cast) -> DepositAccount:
    """A share account with one share in it; a share costs GHS 10.00."""
    given: dict[str, Any] = {
        "customer": cast.ama,
        "source": cast.ama_savings,
        "by": cast.cashier,
        "at": NOW,
        "key": new_key(),
    }
    return start_shares(product=share_product(), shares=1, channel="branch", **given).account


def test_susu_days_are_paid_into_the_drawer(session: DrawerSession, card: DepositAccount) -> None:
    take_in(session, card, "6")
    assert SusuPayment.objects.get().days == 3
    assert balance(session.drawer.ledger_account) == 100_600
    assert CashMovement.objects.get().amount_minor == 600


def test_the_same_key_fills_boxes_once(session: DrawerSession, card: DepositAccount) -> None:
    key = new_key()
    first, second = (take_in(session, card, "6", key=key) for _ in range(2))
    assert (first.entry_id, second.replayed) == (second.entry_id, True)
    assert SusuPayment.objects.count() == CashMovement.objects.count() == 1


def test_part_of_a_stake_is_refused(session: DrawerSession, card: DepositAccount) -> None:
    with pytest.raises(Refused):
        take_in(session, card, "3")
    assert not CashMovement.objects.exists()


def test_shares_are_bought_for_cash(session: DrawerSession, shares: DepositAccount) -> None:
    take_in(session, shares, "50")
    assert held_by(shares) == 6
    assert balance(session.drawer.ledger_account) == 105_000


def test_an_amount_that_is_no_whole_number_of_shares_is_refused(session: DrawerSession, shares: DepositAccount) -> None:
    with pytest.raises(Refused, match=r"One share costs .*10\.00"):
        take_in(session, shares, "55")


def test_cards_and_shares_pay_nothing_out_and_are_not_taken_back(session: DrawerSession, card: DepositAccount) -> None:
    entry = Entry.objects.get(pk=take_in(session, card, "6").entry_id)
    with pytest.raises(Refused, match="rules of daily susu"):
        pay_out(session, card, "2")
    with pytest.raises(Refused, match="cannot be taken back at the counter"):
        services.reverse_movement(
            session=session, entry=entry, reason="amount", note="", key=new_key(), by=session.cashier, at=NOW
        )
