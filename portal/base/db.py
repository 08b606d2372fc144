"""Transactions that are tried again when the database asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, transaction

from portal.base.errors import Refused

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
_TRY_AGAIN = {"40001", "40P01"}
_serving: ContextVar[bool] = ContextVar("serving", default=False)


def sqlstate(error: BaseException) -> str:
    """The five-letter SQLSTATE behind Django's error, or nothing."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def transactional(service: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for a service, run again after a deadlock or a serialization failure, three times at most.

    Only the outermost service tries again: inside another transaction the failure belongs to that one. A service must
    therefore change nothing but the database before it returns. A service called by a service is a part of it and takes
    no savepoint: where it is refused, the whole is undone. Who wants to go on puts an atomic block around the call.
    What a refusal leaves behind is written after that, by the outermost service.
    """

    @wraps(service)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        is_outermost = not _serving.get()

        def whole() -> R:
            savepoint = is_outermost or not transaction.get_connection().in_atomic_block
            with transaction.atomic(savepoint=savepoint), _as_service():
                return service(*args, **kwargs)

        try:
            return whole() if transaction.get_connection().in_atomic_block else _tried(whole)
        except Refused as refusal:
            if is_outermost:
                refusal.settle()
            raise

    return tried


def in_service() -> bool:
    """Whether a service is at work: what it writes is undone should it be refused."""
    return _serving.get()


def one_statement(service: Callable[P, R]) -> Callable[P, R]:
    """`transactional` for a service that changes something with one statement only and registers nothing for its commit.

    Called by itself it needs no BEGIN and COMMIT: PostgreSQL makes a transaction of each statement.
    """
    inside = transactional(service)

    @wraps(service)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        if transaction.get_connection().in_atomic_block:
            return inside(*args, **kwargs)
        return _tried(lambda: service(*args, **kwargs))

    return tried


def _tried(work: Callable[[], R]) -> R:
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except DatabaseError as error:
            if sqlstate(error) not in _TRY_AGAIN or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


@contextmanager
def _as_service() -> Iterator[None]:
    token = _serving.set(True)
    try:
        yield
    finally:
        _serving.reset(token)
