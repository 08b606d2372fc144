"""Prepared statements: kept once a connection, seen by whoever watches statements, and refused as any other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from portal.base.prepared import prepared_cursor, prepared_query
from portal.people.models import Customer, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db

_SUM = "SELECT %s::bigint + %s::bigint"


def _kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::bigint + $2%%'")
        return int(cursor.fetchone()[0])


def _added(first: str, second: str) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(_SUM, (first, second))
        return int(cursor.fetchone()[0])


def test_a_statement_is_kept_once_whatever_its_values() -> None:
    assert [_added("1", "2"), _added("70000", "-5"), _added("9999999999", "1")] == [3, 69_995, 10_000_000_000]
    assert _kept() == 1


def test_behind_a_pooler_that_knows_none_nothing_is_kept() -> None:
    connection.ensure_connection()
    connection.connection.prepare_threshold, before = None, connection.connection.prepare_threshold
    try:
        had = _kept()
        assert _added("20", "22") == 42
        assert _kept() == had
    finally:
        connection.connection.prepare_threshold = before


def test_whoever_watches_statements_sees_them() -> None:
    with CaptureQueriesContext(connection) as seen:
        _added("1", "2")
    assert [one["sql"] for one in seen.captured_queries if "bigint" in one["sql"]]


def test_errors_are_those_of_django() -> None:
    with pytest.raises(DataError):
        _added("no number", "2")


@prepared_query
def _of_branch(branch: int, name: str, born: date, *, closed: tuple[str, ...] = ()) -> QuerySet[Customer]:
    users = Exists(User.objects.filter(customer=OuterRef("pk")))
    found = Customer.objects.select_related("branch").filter(branch=branch, full_name=name, birth_date__gte=born)
    return found.exclude(state__in=closed).exclude(full_name="50%'s").annotate(signs_in=users)


LONG_AGO = date(1900, 1, 1)


def test_a_question_of_djangos_brings_whole_rows(cast: Cast) -> None:
    ama = cast.ama
    for _ in range(7):
        assert _of_branch(cast.north.pk, ama.full_name, LONG_AGO) == [ama]
    [found] = _of_branch(cast.north.pk, ama.full_name, LONG_AGO)
    assert (found.full_name, vars(found)["signs_in"]) == (ama.full_name, True)
    with CaptureQueriesContext(connection) as seen:
        assert found.branch == cast.north
    assert not seen.captured_queries
    assert not _of_branch(cast.south.pk, ama.full_name, LONG_AGO)
    assert not _of_branch(cast.north.pk, ama.full_name, date(2999, 1, 1))


def test_each_shape_is_a_question_of_its_own(cast: Cast) -> None:
    ama = cast.ama
    assert _of_branch(cast.north.pk, ama.full_name, LONG_AGO, closed=("anonymised",))
    assert not _of_branch(cast.north.pk, ama.full_name, LONG_AGO, closed=(ama.state,))
    assert _of_branch(cast.north.pk, ama.full_name, LONG_AGO)


@pytest.mark.parametrize("name", ["'; DROP TABLE people_customer; --", "%s", "50%'s", "\N{SYMBOL FOR SUBSTITUTE}1"])
def test_a_value_is_never_part_of_the_statement(cast: Cast, name: str) -> None:
    assert not _of_branch(cast.north.pk, name, LONG_AGO)


def test_it_is_built_once(cast: Cast) -> None:
    built: list[int] = []

    @prepared_query
    def branch_people(branch: int) -> QuerySet[User]:
        built.append(branch)
        return User.objects.filter(branch=branch)

    assert {user.branch_id for branch in (cast.north, cast.south) for user in branch_people(branch.pk)} == {
        cast.north.pk,
        cast.south.pk,
    }
    assert len(built) == 1


@pytest.mark.parametrize(
    "asked",
    [
        lambda name: User.objects.filter(full_name__icontains=name),
        lambda name: User.objects.filter(full_name=name).values("pk"),
        lambda name: User.objects.filter(full_name=name).prefetch_related("customer"),
        lambda name: User.objects.all(),
    ],
)
def test_what_could_not_be_sent_so_is_refused(asked: Any) -> None:
    with pytest.raises(TypeError):
        prepared_query(asked)("Ama")


def test_a_value_that_says_nothing_is_refused() -> None:
    with pytest.raises(TypeError):
        prepared_query(lambda branch: User.objects.filter(branch=branch))(None)
