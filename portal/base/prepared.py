"""Statements that a connection reads and plans once, and questions of Django's that are written out once."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial, wraps
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

P = ParamSpec("P")
M = TypeVar("M", bound=Model)


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """Has the server keep each statement's plan, under a name of this connection."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> _Prepared:
        return super().execute(query, _as_sent(params), **({"prepare": True} | options))

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq  # What Django shows of a statement in its logs; psycopg notes it only of the others.
        super()._send_query_prepared(name, pgq, **options)


def prepared_cursor() -> CursorWrapper:
    """A cursor for one short statement that is sent again and again.

    The server reads the values apart from the statement, so the statement tells their types (`%s::bigint`). Whole numbers
    are sent as text: by their size they would make different statements. `DATABASE_PREPARES` switches the keeping off.
    """
    # Looked up once: each attribute of `django.db.connection` is a search for the thread's own, longer than all else here.
    database: Any = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor = _Prepared(database.connection)
    # As Django's own `connection.cursor()` goes on: query counts, logs and the audit's wrapper see every statement.
    wrapped: CursorWrapper = database._prepare_cursor(cursor)  # noqa: SLF001
    return wrapped


def prepared_query(asked: Callable[P, QuerySet[M]]) -> Callable[P, list[M]]:
    """Answer with the rows of the queryset that `asked` builds: built and written out once, planned once a connection.

    For the few questions that nearly every request asks: writing one out costs Django more than answering it costs the
    database. `asked` is called once for each shape, which its named arguments give, so whatever else may differ is given
    by position: ints, text, days, moments, UUIDs, each of which must reach the database as it was given. Whole rows are
    read, `select_related` and annotations with them; `prefetch_related`, `values` and lookups that change what they look
    for (`icontains`) are refused with a `TypeError`.
    """
    written: dict[tuple[Any, ...], _Written[M]] = {}

    @wraps(asked)
    def answered(*values: P.args, **shape: P.kwargs) -> list[M]:
        key = (len(values), *shape.items())
        if key not in written:
            written[key] = _written(partial(asked, **shape), values)
        return written[key].rows(values)

    return answered


@dataclass(frozen=True, slots=True)
class _Written(Generic[M]):
    """A queryset's SQL, which of the values stands at each of its places, and the compiler that can read the rows."""

    sql: str
    places: tuple[int, ...]
    compiler: Any

    def rows(self, values: tuple[Any, ...]) -> list[M]:
        with prepared_cursor() as cursor:
            cursor.execute(self.sql, [values[place] for place in self.places])
            fetched = cursor.fetchall()
        compiler = copy(self.compiler)
        compiler.execute_sql = lambda **_: [fetched]
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        return list(ModelIterable(SimpleNamespace(db=connection.alias, query=query, _known_related_objects={})))  # type: ignore[arg-type]  # all that it reads of a queryset


def _written(asked: Callable[..., QuerySet[M]], values: tuple[Any, ...]) -> _Written[M]:
    """Write the question out with a mark in the place of each value; what is no mark becomes part of the text."""
    marks = [_mark(value, place) for place, value in enumerate(values)]
    queryset = asked(*marks)
    # Django has no other way to ask a queryset what it yields and what it would fetch besides.
    if queryset._iterable_class is not ModelIterable or queryset._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001
        raise TypeError("only whole rows can be read so")
    compiler: Any = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    compiler.get_converters = lambda columns: converters  # The same every time.
    places = tuple(marks.index(param) for param in params if param in marks)
    if set(places) != set(range(len(values))):
        raise TypeError("a value does not reach the database as it was given")
    return _Written(sql % tuple("%s" if param in marks else _literal(param) for param in params), places, compiler)


def _mark(value: Any, place: int) -> Any:
    """A value of the same type that nobody asks for."""
    match value:
        case int():
            return 1_987_654_321 + place
        case str():
            return f"\N{SYMBOL FOR SUBSTITUTE}{place}"
        case UUID():
            return UUID(int=place + 1)
        case datetime():
            return datetime(1000, 1, 1 + place, tzinfo=UTC)
        case date():
            return date(1000, 1, 1 + place)
        case _:
            raise TypeError(f"{value!r} can not be a prepared query's value")


def _literal(param: Any) -> str:
    connection.ensure_connection()
    return psycopg.sql.Literal(param).as_string(connection.connection).replace("%", "%%")


def _as_sent(params: Any) -> Any:
    """The values with whole numbers as text, also those of a list."""
    if isinstance(params, dict):
        return {name: _text(value) for name, value in params.items()}
    return params and [_text(value) for value in params]


def _text(value: Any) -> Any:
    if type(value) is int:
        return str(value)
    return [_text(each) for each in value] if type(value) is list else value
