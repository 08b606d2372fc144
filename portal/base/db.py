"""Transactions that are tried again when the database asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, transaction

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
_TRY_AGAIN = {"40001", "40P01"}


def sqlstate(error: BaseException) -> str:
    """The five-letter SQLSTATE behind Django's error, or nothing."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def transactional(service: Callable[P, R]) -> Callable[P, R]:
    """`transaction.atomic` for a service, run again after a deadlock or a serialization failure, three times at most.

    Only the outermost service tries again: inside another transaction the failure belongs to that one. A service must
    therefore change nothing but the database before it returns.
    """

    @wraps(service)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        if transaction.get_connection().in_atomic_block:
            with transaction.atomic():
                return service(*args, **kwargs)
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except DatabaseError as error:
                if sqlstate(error) not in _TRY_AGAIN or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    return tried
