"""What a registration still lacks, who may be the same person, and what waits to be verified."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Max, Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.base.crypto import keyed_hashes
from portal.people.models import Address, Customer, IdentityDocument, KycSubmission
from portal.people.queries.finding import within

State = Customer.State
PARTS = {
    "about": "About you",
    "contact": "Contact",
    "address": "Address",
    "work": "Work and income",
    "identity": "Identity document",
    "photo": "Photograph and signature",
    "kin": "Next of kin",
}
"""The parts of a registration in their order."""
MOST_CANDIDATES = 200
ALIKE, ALIKE_SAME_DAY = 0.88, 0.6


def customers_editable_by(user: Any) -> QuerySet[Customer]:
    """Whose details this user may fill in or correct: one's own, those one took down oneself, the branch's, or all."""
    scope = scope_of(user, Capability.CUSTOMER_EDIT)
    if scope is Scope.ROUND:
        return Customer.objects.select_related("branch").filter(registered_by=user)
    return within(scope, user)


def customers_to_verify(user: Any) -> QuerySet[Customer]:
    """Registrations handed in that this user may decide, the one that waits longest first."""
    waiting = within(scope_of(user, Capability.CUSTOMER_VERIFY), user).filter(state=State.SUBMITTED)
    return waiting.annotate(submitted_at=Max("kyc_submissions__submitted_at")).order_by("submitted_at", "pk")


def latest_submission(customer: Customer) -> KycSubmission | None:
    """What was handed in last."""
    return customer.kyc_submissions.select_related("submitted_by").order_by("-pk").first()


def done_parts(customer: Customer) -> dict[str, bool]:
    """Each part of a registration, and whether it says what it must."""
    identity = customer.identity_documents.filter(is_current=True).first()
    return {
        "about": bool(customer.given_name and customer.family_name and customer.birth_date),
        "contact": bool(customer.phone),
        "address": customer.addresses.filter(kind=Address.Kind.HOME).exists(),
        "work": bool(customer.occupation),
        "identity": identity is not None and identity.front_id is not None,
        "photo": customer.photograph_id is not None,
        "kin": customer.next_of_kin.exists(),
    }


def missing_parts(customer: Customer) -> list[str]:
    """The names of the parts that are not done."""
    return [PARTS[part].lower() for part, done in done_parts(customer).items() if not done]


@dataclass(slots=True)
class Duplicate:
    """Somebody who may be the same person, and what speaks for it."""

    customer: Customer
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is known of somebody who may be known already."""

    full_name: str
    birth_date: date | None = None
    phones: tuple[str, ...] = ()
    identity_number: str = ""
    pk: int | None = None


def candidate_of(customer: Customer) -> Candidate:
    """A customer as somebody to compare with all others."""
    identity = customer.identity_documents.filter(is_current=True).first()
    return Candidate(
        full_name=customer.full_name,
        birth_date=customer.birth_date,
        phones=tuple(phone for phone in (customer.phone, customer.second_phone) if phone),
        identity_number=identity.number if identity else "",
        pk=customer.pk,
    )


def duplicates_of(candidate: Candidate) -> list[Duplicate]:
    """Customers of any branch who may be this person, the likeliest first. For staff only: a customer never hears of others."""
    found: dict[int, Duplicate] = {}
    _note(found, _same_number(candidate), "Same identity number")
    _note(found, _same_phone(candidate), "Same telephone")
    for customer in _similar_names(candidate):
        reason = _likeness(candidate, customer)
        if reason:
            _note(found, [customer], reason)
    found.pop(candidate.pk or 0, None)
    return sorted(found.values(), key=lambda one: (-len(one.reasons), one.customer.number))


def _note(found: dict[int, Duplicate], customers: Iterable[Customer], reason: str) -> None:
    for customer in customers:
        found.setdefault(customer.pk, Duplicate(customer)).reasons.append(reason)


def _same_number(candidate: Candidate) -> QuerySet[Customer]:
    if not candidate.identity_number:
        return Customer.objects.none()
    owners = IdentityDocument.objects.filter(number_hash__in=keyed_hashes(candidate.identity_number)).values("customer")
    return _everybody().filter(pk__in=owners)


def _same_phone(candidate: Candidate) -> QuerySet[Customer]:
    if not candidate.phones:
        return Customer.objects.none()
    return _everybody().filter(Q(phone__in=candidate.phones) | Q(second_phone__in=candidate.phones))


def _similar_names(candidate: Candidate) -> list[Customer]:
    """Those born on the same day, and those whose name shares a word and the beginning of another."""
    words = re.findall(r"\w+", candidate.full_name.lower())
    pairs = [f"('{one}' & '{other[:2]}':*)" for one in words for other in words if one != other]
    likely: list[Customer] = []
    if pairs:
        query = SearchQuery(" | ".join(pairs), config="simple", search_type="raw")
        likely += _everybody().filter(search=query)[:MOST_CANDIDATES]
    if candidate.birth_date is not None:
        likely += _everybody().filter(birth_date=candidate.birth_date)[:MOST_CANDIDATES]
    return list({customer.pk: customer for customer in likely}.values())


def _likeness(candidate: Candidate, customer: Customer) -> str:
    mine, theirs = (" ".join(sorted(name.lower().split())) for name in (candidate.full_name, customer.full_name))
    born_alike = candidate.birth_date is not None and candidate.birth_date == customer.birth_date
    if mine == theirs:
        return "Same name and birth date" if born_alike else "Same name"
    ratio = SequenceMatcher(None, mine, theirs).ratio()
    if born_alike and ratio >= ALIKE_SAME_DAY:
        return "Similar name, same birth date"
    return "Similar name" if ratio >= ALIKE else ""


def _everybody() -> QuerySet[Customer]:
    return Customer.objects.select_related("branch").order_by("number")


def is_own_registration(user: Any, customer: Customer) -> bool:
    """Whether the customer fills in their own registration."""
    return bool(user.role == Role.CUSTOMER and user.customer_id == customer.pk)
