"""What the commands tell the person: a line per step with its seconds, and one clear line when they must stop."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

WIDTH = 26
STARTED_AT = "PORTAL_STARTED_AT"


class CannotGoOn(Exception):
    """The command must stop. The message says why and what to type, in words for the person."""


def say(text: str = "", *, end: str = "\n") -> None:
    """Print and flush. A terminal that is gone is no reason to fail: the work goes on without its reader."""
    with suppress(OSError, ValueError):
        sys.stdout.write(text + end)
        sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[list[str]]:
    """Print `name`, then its seconds once done. What is put in the yielded list is shown beside them."""
    notes: list[str] = []
    say(f"  {name:<{WIDTH}}", end="")
    begun = time.monotonic()
    try:
        yield notes
    except BaseException:
        say("stopped")
        raise
    note = f"  {notes[-1]}" if notes else ""
    say(f"{time.monotonic() - begun:5.1f} s{note}")


def mark_start() -> None:
    """Remember when the command began, also across the re-start inside `.venv`."""
    os.environ.setdefault(STARTED_AT, repr(time.monotonic()))


def seconds_since_start() -> float:
    return time.monotonic() - float(os.environ.get(STARTED_AT) or time.monotonic())
