"""A running loan with everything on it, and a request to stand for another, for the places of the world."""

from __future__ import annotations

from typing import Any

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.loans import services
from portal.loans.models import Guarantor, Loan, LoanProduct, Paper
from portal.people.models import Customer, User
from tests.cast import NOW, ghs
from tests.loans.lending import fresh, handed_in, lend
from tests.people.filling import brought

STEPS = {
    "loan_product_code": "70",
    "paper_kind": "schedule",
    "loan_part": "guarantors",
    "review_step": "take-up",
    "correct_step": "charge",
    "change_step": "reschedule",
}


def loan_product() -> LoanProduct:
    """The product that loans of the world are of."""
    return LoanProduct.objects.filter(code="70").first() or lend()


def loan_things(account: DepositAccount, user: User, stranger: Customer, cashier: User) -> dict[str, Any]:
    """Path arguments of a loan paid into an account, and of what its owner is asked to stand for."""
    customer = account.customer
    decider = User.objects.get(role=Role.MANAGER, branch=account.branch)
    paper = brought(customer, "income", cashier)
    loan = _applied(customer, user, account)
    guarantor = Guarantor.objects.create(loan=loan, customer=stranger, amount_minor=100, at=NOW, by=user)
    Paper.objects.create(loan=loan, kind=Paper.Kind.INCOME, upload=paper, at=NOW, by=user)
    held = services.take_up(loan=handed_in(loan), by=decider, at=NOW)
    decision = services.grant(
        loan=held,
        amount=held.amount,
        instalments=held.instalments,
        rate_bps=held.rate_bps,
        conditions=["Bring the invoice"],
        reason="Steady",
        request=None,
        by=None,
        approved_by=decider,
        at=NOW,
    )
    condition = decision.conditions.get()
    services.meet_condition(condition=condition, note="Seen", by=decider, at=NOW)
    services.accept_offer(loan=loan, by=user, at=NOW)
    services.disburse(loan=loan, by=decider, at=NOW)
    payment = services.repay(loan=fresh(loan), amount=ghs("5"), source=account, key=new_key(), by=user, at=NOW)
    asked = _asks(stranger, customer)
    return {
        "loan_number": loan.number,
        "item_id": guarantor.pk,
        "guarantor_id": asked.pk,
        "condition_id": condition.pk,
        "payment_id": payment.pk,
        "loan_upload_id": paper.pk,
    }


def _applied(customer: Customer, user: User | None, account: DepositAccount | None) -> Loan:
    loan = services.start_application(
        customer=customer, product=loan_product(), amount=ghs("100"), instalments=3, by=user, at=NOW
    )
    if account is not None:
        services.fill_in(loan=loan, values={"pay_to": account}, by=user, at=NOW)
    return fresh(loan)


def _asks(stranger: Customer, customer: Customer) -> Guarantor:
    """Somebody's application that names the customer."""
    loan = handed_in(_applied(stranger, None, None))
    return Guarantor.objects.create(loan=loan, customer=customer, amount_minor=100, at=NOW)
