"""What the worker's tests need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from tests.processes import free_port, process, until


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own, that keeps nothing."""
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    with process("redis-server", *options, "--loglevel", "warning"):
        until(lambda: _answers(port))
        yield f"redis://127.0.0.1:{port}/0"


def _answers(port: int) -> bool:
    with Redis(host="127.0.0.1", port=port) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


@pytest.fixture(autouse=True)
def _fresh_queue_connection() -> Iterator[None]:
    """A test that commits gets its database anew, which cuts the queue's connection to the old one."""
    yield
    settings.HUEY.storage.close()
