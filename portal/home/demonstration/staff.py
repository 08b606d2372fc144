"""The people who sign in to the made-up institution: staff of every role, and two of its members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from portal.access.roles import Role
from portal.institution.models import Branch
from portal.people.models import Customer, User
from portal.people.queries import DEMONSTRATION_DOMAIN

# The first of each role is the one whom the sign-in page offers, so North comes first.
_STAFF = (
    ("01", Role.CASHIER, "Esi Owusu"),
    ("01", Role.CASHIER, "Yaw Darko"),
    ("01", Role.MOBILE_BANKER, "Adjoa Frimpong"),
    ("01", Role.MANAGER, "Kwame Asante"),
    ("", Role.OPERATIONS_MANAGER, "Abena Sarpong"),
    ("", Role.ADMINISTRATOR, "Daniel Ansah"),
    ("", Role.AUDITOR, "Grace Quansah"),
    ("02", Role.CASHIER, "Dede Lamptey"),
    ("02", Role.CASHIER, "Nii Quaye"),
    ("02", Role.MOBILE_BANKER, "Kojo Tetteh"),
    ("02", Role.MANAGER, "Efua Aidoo"),
    ("03", Role.CASHIER, "Selorm Agbeko"),
    ("03", Role.CASHIER, "Hawa Iddrisu"),
    ("03", Role.MOBILE_BANKER, "Enyonam Kpodo"),
    ("03", Role.MANAGER, "Ibrahim Alhassan"),
    # Large loans take two people beside the one who proposes.
    ("", Role.OPERATIONS_MANAGER, "Mawuli Agbenu"),
)


def address_of(full_name: str) -> str:
    """`Ama Mensah` has ama.mensah@… under a domain that nobody can own."""
    return full_name.lower().replace(" ", ".") + DEMONSTRATION_DOMAIN


def employ(branches: Mapping[str, Branch]) -> list[User]:
    """The staff of the institution and of its branches, by their codes."""
    return _sign_up(
        User(email=address_of(name), full_name=name, role=role, branch=branches.get(code))
        for code, role, name in _STAFF
    )


def employ_cashier(branch: Branch, full_name: str) -> User:
    """A cashier for a branch that came later, an imported bank's; the same one when asked again."""
    known = User.objects.filter(email=address_of(full_name)).first()
    return (
        known or _sign_up([User(email=address_of(full_name), full_name=full_name, role=Role.CASHIER, branch=branch)])[0]
    )


def enrol(customers: Iterable[Customer]) -> list[User]:
    """Sign-ins for these members, under the addresses they have."""
    return _sign_up(
        User(email=member.email, full_name=member.full_name, role=Role.CUSTOMER, customer=member)
        for member in customers
    )


def _sign_up(users: Iterable[User]) -> list[User]:
    """Save them, all with the demonstration's one password."""
    made = list(users)
    for user in made:
        user.password = _hashed(settings.DEMO_PASSWORD)
    made = User.objects.bulk_create(made)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
    )
    return made


@cache
def _hashed(password: str) -> str:
    """Hashing is slow by design, so it is done once for everybody."""
    return make_password(password)
