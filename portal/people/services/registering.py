"""Taking people up, and writing down who looked at whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.people.models import Customer, CustomerView

_NUMBERS = """
SELECT n::text FROM (SELECT nextval('people_customer_number_seq') AS n FROM generate_series(1, %s)) AS drawn
 WHERE NOT EXISTS (SELECT FROM people_customer WHERE number = n::text)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """What is known of somebody who becomes a member. Without a `number` the next free one is given.

    `state` is `draft` for somebody who still has to say and show who they are, `verified` for members of loaded books.
    """

    full_name: str
    branch: Branch
    joined_on: date
    number: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    occupation: str = ""
    state: str = Customer.State.VERIFIED


@transactional
def register_customer(*, customer: NewCustomer, by: Any, at: datetime) -> Customer:
    """Take up one member and return it with its number of six digits.

    Refused: no name, a birth date after the day of joining, a number that is taken.
    """
    return register_customers(customers=[customer], by=by, at=at)[0]


@transactional
def register_customers(*, customers: Sequence[NewCustomer], by: Any, at: datetime) -> list[Customer]:
    """Take up many members in a few statements, all or none, in their order. Refuses what `register_customer` refuses."""
    for customer in customers:
        _check(customer)
    numbers = iter(_free_numbers(sum(1 for customer in customers if not customer.number)))
    made = [_row(customer, customer.number or next(numbers), by) for customer in customers]
    try:
        with transaction.atomic():
            return Customer.objects.bulk_create(made, batch_size=2000)
    except IntegrityError as error:
        raise Refused("A customer with this number exists already.", code="number_taken", field="number") from error


@transactional
def note_view(*, customer: Customer, viewer: Any, reason: str, at: datetime) -> CustomerView | None:
    """Write down that a member of staff looked at a customer, and on which page. Customers looking at themselves leave none."""
    if viewer.role == Role.CUSTOMER:
        return None
    return CustomerView.objects.create(customer=customer, viewer=viewer, at=at, reason=reason)


def _check(customer: NewCustomer) -> None:
    if not customer.full_name.strip():
        raise Refused("Enter the customer's name.", code="name", field="full_name")
    if customer.birth_date is not None and customer.birth_date >= customer.joined_on:
        raise Refused("The birth date must be before the day of joining.", code="birth_date", field="birth_date")


def _row(customer: NewCustomer, number: str, by: Any) -> Customer:
    return Customer(
        number=number,
        full_name=" ".join(customer.full_name.split()),
        branch=customer.branch,
        joined_on=customer.joined_on,
        birth_date=customer.birth_date,
        phone=customer.phone,
        email=customer.email.lower(),
        address=customer.address,
        occupation=customer.occupation,
        state=customer.state,
        registered_by=by if by is not None and by.role != Role.CUSTOMER else None,
    )


def _free_numbers(wanted: int) -> list[str]:
    """Numbers nobody has: loaded books bring their own, which the sequence steps over."""
    found: list[str] = []
    with connection.cursor() as cursor:
        while len(found) < wanted:
            cursor.execute(_NUMBERS, [wanted - len(found)])
            found += [row[0] for row in cursor.fetchall()]
    return found
