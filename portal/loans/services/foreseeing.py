"""What a payment would do, told before anybody makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import funds_of
from portal.loans import queries
from portal.loans.allocation import Parts, Unpaid, pay
from portal.loans.models import LIVE, Allocation, Early, Loan
from portal.loans.services.repaying import refuse_amount, refuse_source


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How a payment would be used, what would be left of the loan, of its instalments and of the account."""

    parts: Parts
    left: Money
    instalments: Sequence[Unpaid]
    instalments_before: int
    balance_after: Money
    is_recast: bool


def foresee(*, loan: Loan, amount: Money, source: DepositAccount, early: str) -> Foreseen:
    """What `repay` would do today with this money. Changes nothing. Refuses what `repay` would, as far as can be seen."""
    if loan.state not in LIVE:
        raise Refused(f"This loan is {loan.get_state_display().lower()}: it takes no payments.", code="state")
    day, position = loan.branch.business_date, queries.position_of(loan)
    refuse_amount(amount, loan, position, day)
    refuse_source(source)
    funds = funds_of(source)
    if amount > funds.available:
        message = f"At most {funds.available} is available in this account. Nothing was posted."
        raise Refused(message, code="insufficient_funds", field="amount")
    order, choice = Allocation(loan.terms.allocation), Early(early or loan.terms.early)
    paid = pay(position, amount.minor, day, order=order, early=choice)
    return Foreseen(
        parts=paid.parts,
        left=Money(paid.after.balance, loan.currency),
        instalments=paid.after.unpaid() if paid.after.balance else (),
        instalments_before=len(position.unpaid()),
        balance_after=funds.booked - amount,
        is_recast=paid.is_recast,
    )
