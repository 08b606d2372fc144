"""Finding a customer by anything people say at the counter, and the record over all rooms."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.deposits.models import DepositAccount
from portal.deposits.numbers import is_account_number
from portal.deposits.queries import accounts_visible_to
from portal.people.models import Customer
from portal.people.queries import (
    card_of,
    customers_editable_by,
    customers_visible_to,
    facts_of,
    find_customers,
    views_visible_to,
)

_OPEN = ~Q(deposit_accounts__state=DepositAccount.State.CLOSED)


def customers_found(user: Any, text: str) -> QuerySet[Customer]:
    """Who fits the words typed: by number, name or phone, or by the number of one of the customer's accounts.

    Without words everybody this user may search for, in the order of their numbers.
    """
    digits = re.sub(r"\s", "", text)
    if is_account_number(digits):
        owners = accounts_visible_to(user).filter(number=digits).values("customer_id")
        found = _searchable(user).filter(pk__in=owners)
    elif text:
        found = find_customers(user, text)
    else:
        found = _searchable(user).order_by("number")
    return found.annotate(account_count=Count("deposit_accounts", filter=_OPEN))


def _searchable(user: Any) -> QuerySet[Customer]:
    reach = scope_of(user, Capability.CUSTOMER_SEARCH)
    return customers_visible_to(user) if reach > Scope.OWN else Customer.objects.none()


def accounts_of(user: Any, customer: Customer) -> list[DepositAccount]:
    """The customer's accounts that this user may see, closed ones last."""
    accounts = accounts_visible_to(user).filter(customer=customer)
    return sorted(accounts, key=lambda account: (account.state == DepositAccount.State.CLOSED, account.number))


def record_of(user: Any, customer: Customer) -> dict[str, Any]:
    """What the record shows beside the accounts: the card, how they became known, who else may act, who signs in."""
    submissions = customer.kyc_submissions.select_related("submitted_by").prefetch_related("decisions__decided_by")
    views = views_visible_to(user).filter(customer=customer)
    return {
        "card": card_of(customer, today=customer.branch.business_date),
        "facts": facts_of(customer),
        "submissions": submissions[:10],
        "changes": customer.details_changes.select_related("by")[:10],
        "moves": customer.branch_transfers.select_related("from_branch", "to_branch", "by")[:5],
        "views": views[:10],
        "editable": customers_editable_by(user).filter(pk=customer.pk).exists(),
    }
