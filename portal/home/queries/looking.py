"""Whether somebody has to say why before they open a customer's record."""

from __future__ import annotations

from typing import Any

from portal.access.roles import Role
from portal.deposits.models import DepositAccount
from portal.ledger.models import Posting
from portal.people.models import Customer


def must_say_why(user: Any, customer: Customer) -> bool:
    """True for staff who look beyond their own branch, unless they served this customer today."""
    if user.role == Role.CUSTOMER or user.branch_id == customer.branch_id:
        return False
    return not served_today(user, customer)


def served_today(user: Any, customer: Customer) -> bool:
    """Whether this member of staff moved money for this customer on their branch's open day."""
    if user.branch is None:
        return False
    accounts = DepositAccount.objects.filter(customer=customer).values("ledger_account")
    today = user.branch.business_date
    return Posting.objects.filter(account__in=accounts, business_date=today, entry__actor=user).exists()
