"""Reading saved payees."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.deposits.models import Payee


def payees_for(user: Any) -> QuerySet[Payee]:
    """The payees a customer saved; none for everybody else."""
    payees = Payee.objects.filter(removed_at=None).select_related("account__customer", "account__product")
    if scope_of(user, Capability.PAYEE_MANAGE) is Scope.OWN and user.customer_id is not None:
        return payees.filter(customer=user.customer_id)
    return payees.none()
