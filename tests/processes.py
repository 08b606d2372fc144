"""Real processes for tests: the worker and the server, on the test's own database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.error import URLError
from urllib.request import urlopen

from django.db import connection
from psycopg.conninfo import make_conninfo

from deploy.folder import ROOT

PATIENCE_SECONDS = 30.0


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process' variables, with the database of this very test."""
    given = connection.settings_dict
    address = make_conninfo(
        dbname=given["NAME"], user=given["USER"], password=given["PASSWORD"], host=given["HOST"], port=given["PORT"]
    )
    return {**os.environ, "DATABASE_URL": address, **extra}


@contextmanager
def process(*command: str, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own that does not outlive the block."""
    running = subprocess.Popen(command, cwd=ROOT, env=environment(extra), start_new_session=True)
    try:
        yield running
    finally:
        # The whole group: a server that is killed leaves its workers behind.
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@contextmanager
def worker(**extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker with two threads, as `up` starts it; see `tests.working`."""
    with process(sys.executable, "-m", "tests.working", "run_huey", "-w", "2", "-k", "thread", **extra) as running:
        yield running


@contextmanager
def server(**extra: str) -> Iterator[str]:
    """The portal under its real server on a free port; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    options = ["--interface", "asgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    with process(sys.executable, "-m", "granian", *options, "tests.served:application", **extra):
        until(lambda: _answers(f"{address}/health/live"))
        yield address


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def until(true: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something to become true; fails the test when it does not."""
    ends_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends_at, "this never became true"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - this machine's own server
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
