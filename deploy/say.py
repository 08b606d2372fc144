"""What the commands tell the person: a line per step with its seconds, and one clear line when they must stop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

NAME_WIDTH = 22
LINE_WIDTH = 78
STARTED_AT = "PORTAL_STARTED_AT"


class CannotGoOn(Exception):
    """The command must stop. The message says why and what to type, in words for the person."""


def say(text: str = "", *, end: str = "\n") -> None:
    """Print and flush. A terminal that is gone is no reason to fail: the work goes on without its reader."""
    with suppress(OSError, ValueError):
        sys.stdout.write(text + end)
        sys.stdout.flush()


class Step:
    """One step of a command: shows what it is doing, and at its end a line with its seconds and its note."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.note = ""
        self._begun = time.monotonic()
        # A log file gets whole lines only; a terminal's line is written over.
        self._live = sys.stdout.isatty()

    def show(self, text: str) -> None:
        """What is being done just now."""
        if self._live:
            line = f"  {self.name:<{NAME_WIDTH}}         {text.strip()}"[:LINE_WIDTH]
            say(f"\r{line:<{LINE_WIDTH}}", end="")

    def end(self, *, failed: bool = False) -> None:
        seconds = f"{time.monotonic() - self._begun:6.1f} s"
        line = f"  {self.name:<{NAME_WIDTH}}{seconds}  {'stopped' if failed else self.note}".rstrip()
        say(f"\r{line:<{LINE_WIDTH}}" if self._live else line)

    def run(
        self, command: Sequence[str], *, cwd: Path, env: dict[str, str] | None = None, keep: Sequence[int] = ()
    ) -> str:
        """Run a command and show each line it prints; what it printed. Raises CannotGoOn with its last words.

        `keep` are open files that the command inherits.
        """
        lines: list[str] = []
        with subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=keep,
        ) as process:
            try:
                for line in process.stdout or ():
                    lines.append(line)
                    self.show(line)
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            raise CannotGoOn("".join(lines[-12:]).strip() or f"{command[0]} ended with {process.returncode}.")
        return "".join(lines)


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a step while it runs and its seconds once it is done."""
    this = Step(name)
    this.show("…")
    try:
        yield this
    except BaseException:
        this.end(failed=True)
        raise
    this.end()


def mark_start() -> None:
    """Remember when the command began, also across the re-start inside `.venv`."""
    os.environ.setdefault(STARTED_AT, repr(time.monotonic()))


def seconds_since_start() -> float:
    return time.monotonic() - float(os.environ.get(STARTED_AT) or time.monotonic())
