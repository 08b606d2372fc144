"""The queue that wakes the worker: on PostgreSQL by default, on Redis when there is one. Job rows are the truth."""

from __future__ import annotations

from typing import Any

from huey import Huey, PostgresHuey, PriorityRedisExpireHuey
from huey.serializer import SignedSerializer


def make_queue(database: dict[str, Any], *, redis_url: str, secret: str) -> Huey:
    """The one Huey of this process, made from Django's database settings and the optional Redis address.

    Results are not kept and tables are not created: the outbox's migration makes them as their owner.
    """
    if redis_url:
        return PriorityRedisExpireHuey(
            "quayside", url=redis_url, results=False, immediate=False, serializer=SignedSerializer(secret=secret)
        )

    def connect() -> Any:
        import psycopg

        return psycopg.connect(
            dbname=database["NAME"],
            user=database["USER"],
            password=database["PASSWORD"],
            host=database["HOST"],
            port=database["PORT"] or None,
            autocommit=True,
            **database["OPTIONS"],
        )

    return PostgresHuey("quayside", connection=connect, create_tables=False, results=False, immediate=False)
