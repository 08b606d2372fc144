"""Becoming a member, and being looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from pytest_django import DjangoAssertNumQueries

from portal.base.errors import Refused
from portal.people.models import Customer, CustomerView
from portal.people.services import NewCustomer, note_view, register_customer, register_customers
from tests.cast import NOW, TODAY, Cast


def new(cast: Cast, **values: Any) -> NewCustomer:
    known: dict[str, Any] = {"full_name": "Adjoa Addo", "branch": cast.north, "joined_on": TODAY}
    return NewCustomer(**known | values)


def test_a_member_gets_a_number_of_six_digits(cast: Cast) -> None:
    made = register_customer(customer=new(cast, full_name="  Adjoa   Addo "), by=cast.operations_manager, at=NOW)
    assert made.full_name == "Adjoa Addo"
    assert len(made.number) == 6
    assert made.number.isdecimal()


def test_numbers_that_are_taken_are_stepped_over(cast: Cast) -> None:
    first = register_customer(customer=new(cast), by=None, at=NOW)
    taken = [new(cast, number=str(int(first.number) + step)) for step in (1, 2)]
    register_customers(customers=taken, by=None, at=NOW)
    assert int(register_customer(customer=new(cast), by=None, at=NOW).number) == int(first.number) + 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"full_name": "  "}, "full_name"),
        ({"birth_date": date(2027, 1, 1)}, "birth_date"),
        ({"number": "102345"}, "number"),
    ],
)
def test_refused_with_the_field_at_fault_and_nobody_taken_up(cast: Cast, values: dict[str, Any], field: str) -> None:
    before = Customer.objects.count()
    with pytest.raises(Refused) as refusal:
        register_customers(customers=[new(cast), new(cast, **values)], by=None, at=NOW)
    assert refusal.value.field == field
    assert Customer.objects.count() == before


def test_many_take_few_statements(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(8):
        register_customers(customers=[new(cast, full_name=f"Member {n}") for n in range(300)], by=None, at=NOW)


def test_a_look_at_a_record_is_kept_for_ever(cast: Cast) -> None:
    note_view(customer=cast.ama, viewer=cast.cashier, reason="Customer record", at=NOW)
    assert CustomerView.objects.get().viewer == cast.cashier
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM people_customerview")


def test_looking_at_oneself_leaves_no_trace(cast: Cast) -> None:
    assert note_view(customer=cast.ama, viewer=cast.ama_user, reason="Profile", at=NOW) is None
