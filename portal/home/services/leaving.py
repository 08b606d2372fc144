"""A customer leaves once nothing is open any more, and may be forgotten once the law allows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.people import services as people
from portal.people.models import Customer, CustomerClosure


def refuse_with_open_accounts(customer: Customer) -> None:
    """Refuses while a deposit account of this customer is not closed."""
    open_accounts = DepositAccount.objects.filter(customer=customer).exclude(state=DepositAccount.State.CLOSED)
    numbers = list(open_accounts.values_list("number", flat=True)[:3])
    if numbers:
        raise Refused(f"Still open: {', '.join(numbers)}. Close every account first.", code="open_accounts")


@transactional
def close_customer(*, customer: Customer, reason: str, by: Any, at: datetime) -> CustomerClosure:
    """Write down that a customer has left. Refused: an open account, no reason, twice."""
    closure = people.close_customer(customer=customer, reason=reason, by=by, at=at)
    # Asked after the customer's row is locked, as opening an account locks it too.
    refuse_with_open_accounts(customer)
    return closure
