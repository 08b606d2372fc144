"""Savings taken for a loan: of a guarantor no more than is held, the rest stays held, and all is free once nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.queries import funds_of
from portal.loans import queries, services
from portal.loans.models import Loan, Payment
from tests.cast import NOW, Cast, ghs
from tests.loans.lending import application, approved, fresh, go_to, handed_in, lend, moment, pays, prove_all

pytestmark = pytest.mark.django_db
DEFAULTED = date(2027, 3, 21)


def in_default(cast: Cast) -> Loan:
    """A loan of 1,200.00 in default, for which 400.00 of Kofi's 500.00 are held."""
    loan = application(cast, lend())
    asked = services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("400"), by=cast.ama_user, at=NOW)
    handed_in(loan)
    services.accept_guarantee(guarantor=asked, account=cast.kofi_savings, by=cast.kofi_user, at=NOW)
    services.disburse(loan=approved(cast, fresh(loan)), by=cast.manager, at=NOW)
    go_to(cast.north, DEFAULTED)
    return fresh(loan)


def takes(cast: Cast, loan: Loan, text: str) -> Payment:
    return services.recover_from(
        loan=loan, account=cast.kofi_savings, amount=ghs(text), key=new_key(), by=cast.manager, at=moment(DEFAULTED)
    )


def funds(cast: Cast) -> tuple[Money, Money]:
    """What is booked on the guarantor's account and what of it is held."""
    found = funds_of(cast.kofi_savings)
    return found.booked, found.held


def test_what_is_taken_of_a_guarantor_comes_out_of_what_is_held(cast: Cast) -> None:
    loan = in_default(cast)
    takes(cast, loan, "150")
    assert funds(cast) == (ghs("350"), ghs("250"))
    takes(cast, loan, "100")
    assert funds(cast) == (ghs("250"), ghs("150"))
    with pytest.raises(Refused, match=r"stands for GHS 150.00"):
        takes(cast, loan, "150.01")
    prove_all()


def test_what_is_left_of_the_hold_is_free_once_the_loan_is_paid(cast: Cast) -> None:
    loan = in_default(cast)
    takes(cast, loan, "150")
    whole = queries.settlement(fresh(loan), DEFAULTED).total
    pays(loan, Money(whole, loan.currency), cast)
    assert funds(cast) == (ghs("350"), ghs("0"))
    prove_all()


def test_a_guarantor_is_free_once_all_that_was_written_off_came_back(cast: Cast) -> None:
    loan = in_default(cast)
    services.write_off(
        loan=loan,
        reason="Left the country",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(DEFAULTED),
    )
    takes(cast, fresh(loan), "100")
    assert funds(cast) == (ghs("400"), ghs("300"))
    pays(loan, Money(services.owed_after_write_off(fresh(loan)), loan.currency), cast)
    assert funds(cast) == (ghs("400"), ghs("0"))
    prove_all()


def test_savings_of_a_stranger_are_not_taken(cast: Cast) -> None:
    loan = in_default(cast)
    with pytest.raises(Refused, match="neither"):
        services.check_recovery(loan, cast.outsider_savings, ghs("1"))


def test_more_than_the_loan_needs_or_the_account_has_is_refused_when_it_is_asked_for(cast: Cast) -> None:
    loan = in_default(cast)
    whole = Money(queries.settlement(loan, DEFAULTED).total, loan.currency)
    with pytest.raises(Refused, match="is left to take"):
        services.check_recovery(loan, cast.ama_savings, whole + ghs("0.01"))
    with pytest.raises(Refused, match="available"):
        services.check_recovery(loan, cast.ama_current, ghs("900"))
    services.check_recovery(loan, cast.ama_savings, ghs("100"))


def test_whose_ceiling_reaches_is_asked_of_what_is_taken(cast: Cast) -> None:
    loan = in_default(cast)
    payload = {"account": cast.kofi_savings.number, "amount_minor": 15_000, "key": new_key()}
    asked = services.ask_for_change(
        act=services.RECOVER, loan=loan, payload=payload, reason="Promised", by=cast.manager, at=moment(DEFAULTED)
    )
    assert asked.amount_minor == 15_000
