"""Reading people: whom a user may see, and what is known of them."""

from portal.people.queries.finding import (
    DEMONSTRATION_DOMAIN,
    customers_visible_to,
    demonstration_sign_ins,
    demonstration_users,
    find_customers,
    with_branch_and_customer,
)

__all__ = [
    "DEMONSTRATION_DOMAIN",
    "customers_visible_to",
    "demonstration_sign_ins",
    "demonstration_users",
    "find_customers",
    "with_branch_and_customer",
]
