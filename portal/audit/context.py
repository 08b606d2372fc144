"""Tells the database who is acting, so that its triggers can write it down.

The web's middleware and the worker open an `acting` context. While it is open each writing statement is sent together
with a transaction-local setting that names the actor and the request. Transaction-local: safe behind PgBouncer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

_WRITES = ("INSERT", "UPDATE", "DELETE")
_SETTING = "SELECT set_config('audit.context', %s, true); "


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, in which request, from which address."""

    actor_id: int | None
    request_id: str
    address: str = ""

    def as_setting(self) -> str:
        return json.dumps({"actor": self.actor_id, "request": self.request_id, "address": self.address})


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting | None:
    """Who acts now, or None outside a request and a job."""
    return _acting.get()


@contextmanager
def acting(*, actor_id: int | None, request_id: str = "", address: str = "") -> Iterator[Acting]:
    """Everything written inside is recorded as done by this actor."""
    value = Acting(actor_id, request_id or str(uuid4()), address)
    token = _acting.set(value)
    try:
        yield value
    finally:
        _acting.reset(token)


class AuditContext:
    """Middleware: every request acts as its user, under an id of its own that the answer carries."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user_id = None if request.method in {"GET", "HEAD", "OPTIONS"} else request.user.pk
        with acting(actor_id=user_id, address=request.META.get("REMOTE_ADDR", "")) as context:
            response = self.get_response(request)
        response.headers["X-Request-Id"] = context.request_id
        return response


def name_the_actor(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper: sends the actor in the same round trip as the write it belongs to."""
    who = _acting.get()
    if who is None or not sql.lstrip()[:24].upper().startswith(_WRITES):
        return execute(sql, params, many, context)
    if many:
        execute(_SETTING, (who.as_setting(),), False, context)
        return execute(sql, params, many, context)
    result = execute(_SETTING + sql, (who.as_setting(), *(params or ())), many, context)
    context["cursor"].nextset()
    return result


def _install(sender: object, connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if name_the_actor not in connection.execute_wrappers:
        connection.execute_wrappers.append(name_the_actor)


def install() -> None:
    """Put the wrapper on every connection Django opens."""
    connection_created.connect(_install, dispatch_uid="audit.name_the_actor")
