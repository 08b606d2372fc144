"""Reading people: whom a user may see, and what is known of them."""

from portal.people.queries.cards import Card, Flag, card_of, mandates_of, views_that_fit, views_visible_to
from portal.people.queries.facts import facts_of
from portal.people.queries.finding import (
    DEMONSTRATION_DOMAIN,
    customers_for,
    customers_visible_to,
    demonstration_sign_ins,
    demonstration_users,
    find_customers,
    with_branch_and_customer,
)
from portal.people.queries.kyc import (
    PARTS,
    Candidate,
    Duplicate,
    candidate_of,
    customers_editable_by,
    customers_to_verify,
    done_parts,
    duplicates_of,
    latest_submission,
    missing_parts,
)
from portal.people.queries.retention import abandoned_drafts, forgettable_from, former_customers, subject_of

__all__ = [
    "DEMONSTRATION_DOMAIN",
    "PARTS",
    "Candidate",
    "Card",
    "Duplicate",
    "Flag",
    "abandoned_drafts",
    "candidate_of",
    "card_of",
    "customers_editable_by",
    "customers_for",
    "customers_to_verify",
    "customers_visible_to",
    "demonstration_sign_ins",
    "demonstration_users",
    "done_parts",
    "duplicates_of",
    "facts_of",
    "find_customers",
    "forgettable_from",
    "former_customers",
    "latest_submission",
    "mandates_of",
    "missing_parts",
    "subject_of",
    "views_that_fit",
    "views_visible_to",
    "with_branch_and_customer",
]
