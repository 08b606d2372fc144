"""Processes of this machine: who lives, what they are, and how to end a whole group of them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1


def alive(pid: int) -> bool:
    """Whether the process exists and is more than a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name; empty without /proc or without the process."""
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return []


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else ""


def started(pid: int) -> str:
    """When the process started, as the system counts it: with its number it names one process for good."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else _ps(pid, "lstart")


def command_line(pid: int) -> str:
    """The process' command; empty when there is none to see."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "" if PROC.is_dir() else _ps(pid, "command")


def _ps(pid: int, column: str) -> str:
    """The same from `ps`, for systems without /proc."""
    done = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def working_in(folder: Path) -> list[int]:
    """The PostgreSQL processes whose working folder is this one; empty on systems without /proc."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink() == folder and "postgres" in (entry / "comm").read_text(encoding="utf-8"):
                found.append(int(entry.name))
    return found


def group_members(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if len(fields) > 2 and fields[2] == str(group) and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def group_lives(group: int) -> bool:
    if PROC.is_dir():
        return bool(group_members(group))
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_group(group: int, *, first: signal.Signals = signal.SIGTERM, patience: float = 6) -> None:
    """Ask every process of the group to end; kill those that have not after `patience` seconds."""
    for number, seconds in ((first, patience), (signal.SIGKILL, 3.0)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
        deadline = time.monotonic() + seconds
        while group_lives(group) and time.monotonic() < deadline:
            time.sleep(0.05)


def marked(mark: str) -> list[int]:
    """The living processes, other than ourselves, whose environment has this `NAME=value`; Linux only."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def end_all(pids: list[int], *, patience: float = 6) -> None:
    """Ask these processes to end; kill those that have not after `patience` seconds."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 3.0)):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)


def start_group(command: Sequence[str], *, env: dict[str, str], cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, writing to `log`; on Linux it ends when we are killed."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  # no threads here, and it imports nothing
        )


# Looked up before any fork: between fork and exec nothing may be imported.
_PRCTL = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    if _PRCTL is not None:
        _PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
