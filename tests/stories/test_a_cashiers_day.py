"""A cashier's whole day without scripts: float, members served and aside, a limit, a keying error, a count, a variance."""

from __future__ import annotations

import pytest

from portal.counter.models import CounterReversal
from portal.drawers.models import DrawerSession, Variance
from portal.ledger.models import EntryKind
from tests.cast import Cast
from tests.drawers.working import balance, handed, lines
from tests.stories.person import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast: Cast) -> tuple[Person, Person]:
    """A cashier whose drawer takes back up to GHS 300.00 alone and may be out by GHS 5.00, and the manager."""
    cast.drawer.reversal_limit_minor, cast.drawer.tolerance_minor = 30_000, 500
    cast.drawer.save()
    handed(cast.drawer, {20000: 5})
    return Person(cast.cashier), Person(cast.manager)


def opens_drawer(cashier: Person) -> None:
    cashier.opens("/counter/open/").sees("1,000.00").presses("Open the drawer", note_20000="5").sees("Who is next?")


def test_a_day_that_comes_out_even(cast: Cast, day: tuple[Person, Person]) -> None:
    cashier, manager = day
    opens_drawer(cashier)
    cashier.opens("/counter/?q=d+102345").sees("Ama Mensah", "1,000.00")
    cashier.presses("Deposit to Ama Mensah", amount="250", note_20000="1", note_5000="1").sees("Posted:")
    cashier.opens("/counter/?q=w+102346").presses("Pay out to Kofi", amount="50").sees("Look at who this is first")
    cashier.presses("Pay out to Kofi", identity="on").sees("Posted:", "Kofi Boateng")
    cashier.opens("/counter/?q=d+102345").presses("Let wait aside", amount="75").sees("waits")
    cashier.opens("/counter/close/").sees("Somebody still waits aside", "Ama Mensah")
    cashier.follows("Ama Mensah").sees("Ama Mensah").presses("Deposit to Ama Mensah").sees("Posted:")
    assert balance(cast.ama_savings.ledger_account) == 132_500
    cashier.opens("/counter/close/")
    cashier.presses("Hand in the count", note_20000="6", note_5000="1", note_2000="1", note_500="1")
    cashier.sees("Z no. 000001")
    assert DrawerSession.objects.get().state == DrawerSession.State.CLOSED
    manager.opens("/counter/position/").sees("Drawer 1", "Closed")


def test_a_keying_error_is_taken_back(cast: Cast, day: tuple[Person, Person]) -> None:
    cashier, _ = day
    opens_drawer(cashier)
    cashier.opens("/counter/?q=d+102345").presses("Deposit to Ama Mensah", amount="205").sees("Posted:")
    cashier.follows("Take back").sees("Take back: deposit").presses("Take back GHS", reason="amount")
    cashier.sees("Taken back:")
    assert balance(cast.ama_savings.ledger_account) == 100_000
    assert CounterReversal.objects.get().get_reason_display() == "Wrong amount"


def test_beyond_the_limit_the_manager_decides_while_others_are_served(cast: Cast, day: tuple[Person, Person]) -> None:
    cashier, manager = day
    opens_drawer(cashier)
    cashier.opens("/counter/?q=d+102345").presses("Deposit to Ama Mensah", amount="6000")
    cashier.sees("manager's approval").presses("Send to the manager", reason="Sold a car").sees("with the manager")
    cashier.opens("/counter/?q=d+102346").presses("Deposit to Kofi", amount="20").sees("Posted:")
    manager.opens("/approvals/").sees("Deposit GHS", "Ama Mensah")
    assert balance(cast.ama_savings.ledger_account) == 100_000


def test_a_visit_of_several_legs_has_one_receipt(cast: Cast, day: tuple[Person, Person]) -> None:
    cashier, _ = day
    opens_drawer(cashier)
    cashier.opens("/counter/?q=d+102345").presses("Put to a visit", amount="250").sees("1. Deposit")
    cashier.follows("Transfer").presses("Put to a visit", to=cast.kofi_savings.number, amount="100", identity="on")
    cashier.sees("2. Transfer", "Kofi Boateng").presses("Post 2 legs together").sees("Posted: 2 legs")
    cashier.follows("Receipt").sees("1. Deposit", "2. Transfer", "Genuine?")
    assert balance(cast.kofi_savings.ledger_account) == 60_000


def test_a_drawer_that_is_short_is_counted_twice(cast: Cast, day: tuple[Person, Person]) -> None:
    cashier, _ = day
    opens_drawer(cashier)
    cashier.opens("/counter/?q=d+102345").presses("Deposit to Ama Mensah", amount="250").sees("Posted:")
    cashier.opens("/counter/close/").misses("1,250.00", "1,247.00")
    cashier.presses("Hand in the count", note_20000="6", note_2000="2", note_500="1", note_200="1")
    cashier.sees("Count again").misses("3.00", "1,250")
    cashier.presses("This is the count", note_20000="6", note_2000="2", note_500="1", note_200="1")
    cashier.sees("Say in a few words")
    cashier.presses("This is the count", note="Coins fell behind the till").sees("Z no. 000001", "3.00")
    assert Variance.objects.get().difference_minor == -300
    assert lines(EntryKind.VARIANCE) == [("Debit", "Cash over and short", 300), ("Credit", "Drawer 1", 300)]
