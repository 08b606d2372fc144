"""Savings taken for a loan: of a guarantor no more than is held, the rest stays held, and all is free once nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import funds_of
from portal.deposits.services import close_account
from portal.deposits.services import transfer as move
from portal.loans import queries, services
from portal.loans.models import LIVE, HeldAgain, Loan, Payment, PaymentReversal
from portal.notifications.models import Notice
from tests.cast import NOW, Cast, ghs, make_account
from tests.loans.lending import application, approved, fresh, go_to, handed_in, lend, moment, pays, prove_all, settles

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
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


def written_off(cast: Cast) -> Loan:
    """The same, given up as lost."""
    loan = in_default(cast)
    services.write_off(
        loan=loan,
        reason="Left the country",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(DEFAULTED),
    )
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
    loan = written_off(cast)
    takes(cast, loan, "100")
    assert funds(cast) == (ghs("400"), ghs("300"))
    pays(loan, Money(services.owed_after_write_off(fresh(loan)), loan.currency), cast)
    assert funds(cast) == (ghs("400"), ghs("0"))
    prove_all()


def test_who_owes_is_told_that_the_loan_was_written_off_and_what_is_still_owed(cast: Cast) -> None:
    loan = written_off(cast)
    told = Notice.objects.get(kind="loan.written_off", user=cast.ama_user)
    assert f"You still owe {Money(services.owed_after_write_off(loan), loan.currency)}." in told.text
    assert told.url == reverse("loan_detail", args=[loan.number])


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


def undo(payment: Payment, cast: Cast) -> PaymentReversal:
    return services.reverse_payment(
        payment=payment, reason="Not theirs", key=f"undo:{payment.pk}", by=cast.operations_manager, at=moment(DEFAULTED)
    )


def spend(cast: Cast, text: str) -> None:
    """Kofi sends some of what is free in his account to Ama."""
    move(source=cast.kofi_savings, target=cast.ama_savings, amount=ghs(text), key=new_key(), by=cast.kofi_user, at=NOW)


def test_what_was_taken_of_a_guarantor_is_held_again_once_it_is_given_back(cast: Cast) -> None:
    loan = in_default(cast)
    first, second = takes(cast, loan, "150"), takes(cast, loan, "100")
    made = undo(first, cast)
    assert funds(cast) == (ghs("400"), ghs("300"))
    assert undo(first, cast) == made
    assert funds(cast) == (ghs("400"), ghs("300"))
    undo(second, cast)
    assert funds(cast) == (ghs("500"), ghs("400"))
    assert [each.wanted_minor for each in HeldAgain.objects.all()] == [30_000, 40_000]
    told = Notice.objects.filter(kind="loan.held_again", user=cast.kofi_user).latest("pk").text
    assert "GHS 400.00 of your savings is held" in told
    takes(cast, fresh(loan), "400")
    assert funds(cast) == (ghs("100"), ghs("0"))
    prove_all()


def test_a_guarantor_who_was_free_stands_again_when_the_payment_that_ended_the_loan_is_undone(cast: Cast) -> None:
    loan = in_default(cast)
    takes(cast, loan, "150")
    ending = settles(loan, cast)
    assert funds(cast) == (ghs("350"), ghs("0"))
    undo(ending, cast)
    assert fresh(loan).state in LIVE
    assert funds(cast) == (ghs("350"), ghs("250"))
    settles(loan, cast)
    assert funds(cast) == (ghs("350"), ghs("0"))
    prove_all()


def test_a_guarantor_stands_for_no_more_than_is_owed(cast: Cast) -> None:
    loan = in_default(cast)
    owed = Money(queries.settlement(fresh(loan), DEFAULTED).total, loan.currency)
    pays(loan, owed - ghs("100"), cast)
    ending = settles(loan, cast)
    undo(ending, cast)
    assert funds(cast) == (ghs("500"), ghs("100"))


def test_of_a_recovery_after_the_loan_was_written_off_too(cast: Cast) -> None:
    loan = written_off(cast)
    taken = takes(cast, loan, "100")
    pays(loan, Money(services.owed_after_write_off(fresh(loan)), loan.currency), cast)
    assert funds(cast) == (ghs("400"), ghs("0"))
    undo(taken, cast)
    assert funds(cast) == (ghs("500"), ghs("100"))
    prove_all()


def test_what_the_account_no_longer_has_is_told_before_and_not_held(cast: Cast, client_for: ClientFor) -> None:
    loan = in_default(cast)
    ending = settles(loan, cast)
    spend(cast, "380")
    client, url = client_for(cast.operations_manager), reverse("loan_payment_reverse", args=[loan.number, ending.pk])
    said = client.get(url).content.decode()
    assert "GHS 120.00 of GHS 400.00: GHS 280.00 cannot be held" in said
    assert client.post(url, {"reason": "Not theirs"}).status_code == 303
    assert funds(cast) == (ghs("120"), ghs("120"))
    shown = client.get(reverse("loan_detail", args=[loan.number])).content.decode()
    assert "only GHS 120.00 could be held again" in shown
    prove_all()


def test_in_a_guarantors_closed_account_nothing_is_held(cast: Cast, client_for: ClientFor) -> None:
    loan = in_default(cast)
    ending = settles(loan, cast)
    close(cast.kofi_savings, cast)
    url = reverse("loan_payment_reverse", args=[loan.number, ending.pk])
    assert "GHS 0.00 of GHS 400.00" in client_for(cast.operations_manager).get(url).content.decode()
    made = undo(ending, cast)
    assert [(each.wanted_minor, each.hold) for each in made.held_again.all()] == [(40_000, None)]
    assert not Notice.objects.filter(kind="loan.held_again").exists()
    prove_all()


def test_what_was_taken_of_an_account_closed_since_cannot_be_given_back(cast: Cast) -> None:
    loan = in_default(cast)
    taken = takes(cast, loan, "400")
    close(cast.kofi_savings, cast)
    with pytest.raises(Refused):
        undo(taken, cast)
    assert not PaymentReversal.objects.exists()
    assert not HeldAgain.objects.exists()


def close(account: DepositAccount, cast: Cast) -> None:
    """Kofi spends what is free, and his account is closed; its interest goes to another of his."""
    spend(cast, f"{funds_of(account).available.to_decimal():f}")
    close_account(
        account=account,
        reason="Moves away",
        target=make_account(cast.kofi, cast.current),
        key=new_key(),
        asked_by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(DEFAULTED),
    )
