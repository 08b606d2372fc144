"""A loan from application to last instalment, through the pages people use: applicant, guarantor, two deciders."""

from __future__ import annotations

from datetime import date

import pytest

from portal.loans.models import Loan
from tests.cast import NOW, Cast, fund, ghs
from tests.loans.lending import fresh, go_to, lend, moment, payslip, prove_all
from tests.stories.person import Person

pytestmark = pytest.mark.django_db


def test_from_the_calculator_to_the_last_instalment(cast: Cast) -> None:
    lend(guarantors_min=1, guarantee_bps=2500, fee_bps=100)
    fund(cast.ama_savings, ghs("1000"))
    ama, kofi, manager = Person(cast.ama_user), Person(cast.kofi_user), Person(cast.manager)
    ama.opens("/loans/").follows("Calculator").presses("Work it out", product="70", amount="1200", instalments="6")
    ama.sees("You pay back", "1,285").follows("Apply for this loan").presses("Begin the application")
    loan = Loan.objects.get()
    page = f"/loans/{loan.number}/"
    ama.opens(f"{page}application/purpose/").presses("Save", purpose="A deep freezer for the shop")
    ama.opens(f"{page}application/income/").presses("Save", income="3000", outgoings="800")
    ama.opens(f"{page}application/account/").presses("Save", account=cast.ama_savings.number)
    ama.opens(f"{page}application/guarantors/").presses("Save", number="102346", last_name="Boateng", amount="300")
    payslip(cast, loan)
    ama.opens(page).follows("Hand it in").presses("Hand in the application").sees("Submitted")
    kofi.opens("/loans/").sees("You are asked to stand for a loan").opens("/loans/guarantees/").follows("Look at it")
    kofi.presses("Stand for GHS 300.00", account=cast.kofi_savings.number).sees("Accepted")
    manager.opens("/loans/inbox/").follows("Ama Mensah").follows("Look through").presses("Begin").sees(
        "Left each month"
    )
    manager.follows("Propose").presses("Ask for the decision", amount="1200", conditions="", reason="Steady income")
    decided(cast, loan)
    ama.opens(page).sees("Approved", "Steady income").follows("Accept the offer").sees("1,200.00", "24 %")
    ama.presses("Accept the offer").sees("Say that you have read the letter")
    ama.presses("Accept the offer", read="on").sees("You accepted this offer on screen", "version 1 of the terms")
    manager.opens(page).sees("Accepted by the member on screen")
    manager.opens(page).follows("Pay out").presses("Pay it out").sees("Active")
    for month in (date(2026, 12, 21), date(2027, 1, 21), date(2027, 2, 21), date(2027, 3, 21), date(2027, 4, 21)):
        go_to(cast.north, month)
        ama.opens(f"{page}pay/").presses("Go on").sees("Check before you pay").presses("Pay GHS").sees(
            "was paid on your loan"
        )
    prove_all()
    go_to(cast.north, date(2027, 5, 21))
    ama.opens(f"{page}pay/").presses("Go on").sees("nothing is owed on it afterwards").presses("Pay GHS")
    ama.opens(page).sees("Paid off")
    assert fresh(loan).state == Loan.State.PAID_OFF
    kofi.opens("/loans/guarantees/")
    prove_all()


def decided(cast: Cast, loan: Loan) -> None:
    """The operations manager finds the request in the inbox of approvals and approves it."""
    decider = Person(cast.operations_manager)
    decider.opens("/approvals/").follows("Member loan of GHS 1,200.00 for Ama Mensah").presses("Approve").sees(
        "approved and done"
    )


def test_what_a_member_may_not(cast: Cast) -> None:
    lend()
    ama = Person(cast.ama_user)
    ama.opens("/loans/apply/").presses("Begin the application", product="70", amount="1200", instalments="6")
    loan = Loan.objects.get()
    theirs = Person(cast.kofi_user).client
    assert theirs.get(f"/loans/{loan.number}/").status_code == 404
    assert theirs.get(f"/loans/{loan.number}/pay/").status_code == 404
    sent = {"amount": "1200", "instalments": "6", "rate_bps": "1", "rate": "0.01"}
    ama.client.post(f"/loans/{loan.number}/application/asked/", sent)
    assert fresh(loan).rate_bps == 2400
    assert ama.client.post(f"/loans/{loan.number}/pay-out/").status_code == 403
    assert moment(cast.north.business_date) == NOW
