"""The queue that wakes the worker: on PostgreSQL by default, on Redis when there is one. Job rows are the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from huey import Huey, PostgresHuey, PriorityRedisExpireHuey
from huey.serializer import SignedSerializer
from redis import ConnectionPool

NAME = "quayside"
NUDGES_MAY_BE_LOST = "-c synchronous_commit=off"
REDIS_CONNECT_SECONDS = 2
REDIS_READ_SECONDS = 10


def make_queue(database: Mapping[str, Any], *, redis_url: str, secret: str) -> Huey:
    """The queue that fits this installation: on Redis when an address is given, else in `database`.

    Its messages are pickles; signed with the secret key, so that whoever can write to the queue still cannot make the
    worker run their code. `database` is one of Django's DATABASES, read each time a connection is made.
    """
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(secret=secret, salt="quayside.queue")}
    if redis_url:
        return PriorityRedisExpireHuey(NAME, connection_pool=_redis_pool(redis_url), **options)
    return PostgresHuey(NAME, connection=_connector(database), create_tables=False, **options)


def _redis_pool(url: str) -> ConnectionPool:
    """Connections that give up soon: a Redis that hangs must not hold up a request that only wants to nudge."""
    return ConnectionPool.from_url(url, socket_connect_timeout=REDIS_CONNECT_SECONDS, socket_timeout=REDIS_READ_SECONDS)


def _connector(database: Mapping[str, Any]) -> Callable[[], psycopg.Connection[Any]]:
    """Makes connections of the queue's own, outside every transaction of the portal."""

    def connect() -> psycopg.Connection[Any]:
        given = dict(database.get("OPTIONS", {}))
        options = f"{given.pop('options', '')} {NUDGES_MAY_BE_LOST}".strip()
        names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
        parameters = {name: database[key] for name, key in names.items() if database.get(key)}
        given |= parameters | {"options": options, "application_name": "quayside-queue"}
        return psycopg.connect(**given)

    return connect
