"""A loan that goes wrong, through the pages people use: replaced by a larger one, spread over longer, given up, recovered."""

from __future__ import annotations

from datetime import date

import pytest

from portal.loans import queries
from portal.loans.models import Loan
from tests.cast import Cast, fund, ghs
from tests.loans.lending import fresh, go_to, lend, payslip, prove_all, running
from tests.stories.person import Person

pytestmark = pytest.mark.django_db
DEFAULTED = date(2027, 3, 21)


def decides(cast: Cast, request: str, button: str = "Approve") -> None:
    """The operations manager finds the request by its words and decides."""
    Person(cast.operations_manager).opens("/approvals/").follows(request).presses(button)


def test_a_larger_loan_takes_the_place_of_a_running_one(cast: Cast) -> None:
    first = running(cast, amount="600")
    lend("Larger loan", "71")
    ama, manager = Person(cast.ama_user), Person(cast.manager)
    ama.opens("/loans/apply/").presses(
        "Begin the application", product="71", amount="3000", instalments="12", tops_up=first.number
    )
    second = Loan.objects.get(product__code="71")
    page = f"/loans/{second.number}/"
    ama.opens(f"{page}application/purpose/").presses("Save", purpose="A second freezer")
    ama.opens(f"{page}application/income/").presses("Save", income="3000", outgoings="800")
    ama.opens(f"{page}application/account/").presses("Save", account=cast.ama_savings.number)
    payslip(cast, second)
    ama.opens(page).follows("Hand it in").presses("Hand in the application").sees("Replaces")
    manager.opens("/loans/inbox/").follows("Ama Mensah").follows("Look through").presses("Begin")
    manager.follows("Propose").presses("Ask for the decision", reason="Pays well")
    decides(cast, "Larger loan of GHS 3,000.00")
    manager.opens(page).sees("has not accepted it yet").follows("Signed on paper")
    manager.presses("It is signed", signed_on="2026-11-21").sees(
        "Accepted by the member on paper on", "written down by"
    )
    manager.opens(page).follows("Pay out").sees("Settles loan", "600.00").presses("Pay it out").sees("Active")
    assert fresh(first).state == Loan.State.PAID_OFF
    ama.opens(f"/loans/{first.number}/").sees("Paid off")
    prove_all()


def test_in_default_it_is_rescheduled_and_serves_its_time(cast: Cast) -> None:
    fund(cast.ama_savings, ghs("5000"))
    loan = running(cast)
    page, manager = f"/loans/{loan.number}/", Person(cast.manager)
    go_to(cast.north, DEFAULTED)
    manager.opens(page).sees("Defaulted").follows("Reschedule")
    manager.presses("Ask for the decision", instalments="12", grace="0", reason="Shop burnt down")
    Person(cast.operations_manager).opens("/approvals/").follows("Reschedule loan").sees("In default at least until")
    decides(cast, "Reschedule loan")
    manager.opens(page).sees("rescheduled in default", "21 Jun 2027")
    ama = Person(cast.ama_user).opens(page).sees("rescheduled in default")
    for month in (4, 5, 6):
        go_to(cast.north, date(2027, month, 21))
        ama.opens(f"{page}pay/").presses("Go on").presses("Pay GHS")
        manager.opens(page).sees("Defaulted")
    go_to(cast.north, date(2027, 6, 22))
    manager.opens(page).sees("Active", "Probation served").misses("rescheduled in default")
    prove_all()


def test_given_up_it_is_a_loss_and_what_is_taken_afterwards_is_recovered(cast: Cast) -> None:
    loan = running(cast)
    page, manager = f"/loans/{loan.number}/", Person(cast.manager)
    go_to(cast.north, DEFAULTED)
    manager.opens(page).follows("Write off").presses("Ask for the decision", reason="Left the country")
    decides(cast, "Write off loan")
    manager.opens(page).sees("Written off", "Left to recover").follows("Take savings")
    manager.presses("Ask for the decision", number=cast.ama_savings.number, amount="150", reason="Savings were found")
    decides(cast, "Take GHS 150.00 from savings")
    manager.opens(page).sees("150.00", "Recovered")
    assert queries.outstanding(fresh(loan)) == ghs("0")
    prove_all()


def test_a_write_off_that_is_rejected_changes_nothing(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, DEFAULTED)
    manager = Person(cast.manager).opens(f"/loans/{loan.number}/change/write-off/")
    manager.presses("Ask for the decision", reason="Left the country")
    request = Person(cast.operations_manager).opens("/approvals/").follows("Write off loan")
    request.presses("Refuse", comment="She still has a shop")
    assert fresh(loan).state == Loan.State.DEFAULTED
    prove_all()
