"""Reading people: which customers a user may see, and finding one of them."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, QuerySet, When
from django.db.models.functions import Reverse

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.people.models import Customer, User

DEMONSTRATION_DOMAIN = "@quayside.example"
"""Who signs in under this domain is made up: it can receive no mail, so nobody real can ever own such an address."""

LEAST_LETTERS = 2
LEAST_PHONE_DIGITS = 6


def customers_visible_to(user: Any) -> QuerySet[Customer]:
    """The customers whose records this user may open: oneself, those of one's branch, or all."""
    return within(scope_of(user, Capability.CUSTOMER_VIEW), user)


def customers_for(user: Any, capability: Capability) -> QuerySet[Customer]:
    """The customers whom this user may do something to."""
    return within(scope_of(user, capability), user)


def find_customers(user: Any, text: str) -> QuerySet[Customer]:
    """Customers this user may search for whose number, name or phone fit `text`, the exact number first.

    Each word may be the beginning of a word of the name or of a number. A phone is found from its last digits too, so
    0241234567 finds +233241234567. Fewer than two letters or digits find nobody.
    """
    found = within(scope_of(user, Capability.CUSTOMER_SEARCH), user)
    words = re.findall(r"\w+", text)
    if sum(map(len, words)) < LEAST_LETTERS:
        return found.none()
    digits = re.sub(r"[\s+()-]", "", text)
    exact_first = Case(When(number=digits, then=0), default=1, output_field=IntegerField())
    return found.filter(pk__in=_matches(words, digits)).order_by(exact_first, "full_name", "number")


def _matches(words: list[str], digits: str) -> QuerySet[Customer, Any]:
    """The ids that fit, by the two indexes rather than by one condition that neither could serve."""
    prefixes = " & ".join(f"'{word}':*" for word in words)
    query = SearchQuery(prefixes, config="simple", search_type="raw")
    by_words = Customer.objects.order_by().filter(search=query).values("pk")
    if not digits.isdecimal() or len(digits) < LEAST_PHONE_DIGITS:
        return by_words
    # Numbers are kept with their country; at the counter people say them with a 0 in front. Read from behind, the end
    # of a number is a beginning, which an index finds.
    tail = digits.removeprefix("00").removeprefix("0")
    backwards = Customer.objects.order_by().annotate(backwards=Reverse("phone"))
    return by_words.union(backwards.filter(backwards__startswith=tail[::-1]).values("pk"))


def within(scope: Scope, user: Any) -> QuerySet[Customer]:
    """The customers whom a scope reaches for this user."""
    customers = Customer.objects.select_related("branch")
    if scope is Scope.ALL:
        return customers
    if scope is Scope.BRANCH:
        return customers.filter(branch_id=user.branch_id)
    if scope is Scope.OWN:
        return customers.filter(pk=user.customer_id)
    return customers.none()


def demonstration_users() -> QuerySet[User]:
    """The made-up people whom anybody may sign in as while the demonstration is on."""
    return User.objects.filter(email__endswith=DEMONSTRATION_DOMAIN, is_active=True)


def demonstration_sign_ins() -> list[User]:
    """One of the made-up people for each role, in the order of the roles."""
    first = {user.role: user for user in demonstration_users().order_by("-pk")}
    return [first[role] for role in Role if role in first]


def with_branch_and_customer(user: Any) -> User:
    """A signed-in user with what a profile shows of its branch and its customer, in one query."""
    return User.objects.select_related("branch", "customer__branch").get(pk=user.pk)
