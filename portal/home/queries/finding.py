"""Finding anything by a few words or digits: the customers, accounts and references that this person may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import allows, scope_of
from portal.access.grants import Scope
from portal.deposits.cheques import cheques_visible_to
from portal.deposits.numbers import is_account_number
from portal.deposits.queries import accounts_visible_to
from portal.deposits.receipts import entries_visible_to as receipted_entries
from portal.home.queries.customers import customers_found
from portal.loans.queries import loans_visible_to
from portal.reports.queries import entries_visible_to as ledger_entries

MOST = 6
"""Of each sort: more is a list, and lists have pages of their own."""
SHORTEST = 2
REFERENCE_DIGITS, LEAST_DIGITS = 12, 4


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: what it is called, what tells it apart, and where it is."""

    icon: str
    title: str
    detail: str
    url: str


def found(user: Any, text: str) -> list[Hit]:
    """What fits the words, each within the reader's reach: customers, accounts, an entry, a loan or a cheque by its number.

    Fewer than two signs find nothing. Six queries at most.
    """
    words = " ".join(text.split())
    if len(words) < SHORTEST:
        return []
    return [*_by_reference(user, words), *_by_number(user, words), *_accounts(user, words), *_customers(user, words)]


def _customers(user: Any, words: str) -> list[Hit]:
    if not allows(user, Capability.CUSTOMER_SEARCH):
        return []
    return [
        Hit(
            "user",
            customer.full_name,
            f"{customer.number} · {customer.branch}",
            _address("customer_detail", customer.number),
        )
        for customer in customers_found(user, words).select_related("branch")[:MOST]
    ]


def _accounts(user: Any, words: str) -> list[Hit]:
    """Customers find their own accounts by any part of what they are called, staff one account by its number."""
    digits = _digits(words)
    fits = Q(number=digits) if is_account_number(digits) else None
    if fits is None and scope_of(user, Capability.ACCOUNT_VIEW) is Scope.OWN:
        fits = Q(nickname__icontains=words) | Q(product__name__icontains=words)
        fits |= Q(number__endswith=digits) if digits else Q()
    accounts = accounts_visible_to(user).filter(fits) if fits is not None else ()
    return [
        Hit("wallet", account.name, account.number, _address("account_detail", account.number))
        for account in accounts[:MOST]
    ]


def _by_reference(user: Any, words: str) -> list[Hit]:
    """A movement's receipt, and its entry in the books for those who read them."""
    digits = _digits(words)
    if len(digits) != REFERENCE_DIGITS:
        return []
    receipts = [
        Hit("receipt", f"Receipt {digits}", entry.get_kind_display(), _address("receipt", digits))
        for entry in receipted_entries(user).filter(reference=digits)
    ]
    entries = [
        Hit("book", f"Entry {digits}", entry.get_kind_display(), _address("ledger_entry", digits))
        for entry in ledger_entries(user).filter(reference=digits)
    ]
    return receipts + entries


def _by_number(user: Any, words: str) -> list[Hit]:
    """A loan or a cheque by the whole of its number."""
    digits = _digits(words)
    if len(digits) < LEAST_DIGITS:
        return []
    loans = loans_visible_to(user).filter(number=digits) if allows(user, Capability.LOAN_VIEW) else ()
    cheques = cheques_visible_to(user).filter(number=digits) if allows(user, Capability.CHEQUE_VIEW) else ()
    return [
        *(
            Hit("coins", f"Loan {loan.number}", str(loan.product), _address("loan_detail", loan.number))
            for loan in loans
        ),
        *(
            Hit("signature", str(cheque), cheque.get_state_display(), _address("cheque_detail", str(cheque.pk)))
            for cheque in cheques[:MOST]
        ),
    ]


def _digits(words: str) -> str:
    """The digits typed, grouped or not; nothing when there is anything else."""
    plain = re.sub(r"[\s-]", "", words)
    return plain if plain.isascii() and plain.isdigit() else ""


def _address(name: str, which: str) -> str:
    return reverse(name, args=[which])
