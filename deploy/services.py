"""The two programs that `up` keeps alive: the web server and the worker."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.folder import ROOT
from deploy.processes import end_group, start_group
from deploy.say import CannotGoOn, say

HOST = "127.0.0.1"
READY_SECONDS = 60
# A program that dies sooner than this after its start gets a longer pause before the next.
SETTLED_SECONDS = 15
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
LONGEST_LOG_BYTES = 10_000_000


def web_command(port: int) -> list[str]:
    """Granian on this machine's own address: two processes, restarted one by one when they die."""
    server = [sys.executable, "-m", "granian", "portal.config.asgi:application", "--interface", "asgi"]
    server += ["--host", HOST, "--port", str(port), "--workers", "2", "--no-ws", "--no-access-log"]
    server += ["--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "2"]
    return [*server, "--log-level", "warning"]


def worker_command() -> list[str]:
    return [sys.executable, "manage.py", "run_huey", "--workers", "2", "--worker-type", "thread"]


@dataclass
class Service:
    """A program in a process group of its own, started again when it dies."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    next_start: float = field(default=0.0)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        self.process = start_group(self.command, env=self.env, cwd=ROOT, log=self.log)
        self.started_at = time.monotonic()

    @property
    def group(self) -> int | None:
        """The process group, which has the number of its first process."""
        return self.process.pid if self.process else None

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def tend(self) -> bool:
        """Start the program again if it died, later and later if it keeps dying; True when it was started."""
        if self.died():
            self._bury()
        if self.process is None and time.monotonic() >= self.next_start:
            self.start()
            return True
        return False

    def _bury(self) -> None:
        """End what the dead program left of its group, and choose when to start it again."""
        assert self.process is not None  # noqa: S101  # died() has looked
        end_group(self.process.pid, patience=2)
        settled = time.monotonic() - self.started_at > SETTLED_SECONDS
        self.pause = FIRST_PAUSE if settled else min(self.pause * 2, LONGEST_PAUSE)
        self.next_start = time.monotonic() + self.pause
        say(f"  The {self.name} ended ({self._cause()}). Starting it again. Its log: {self.log}")
        self.process = None

    def _cause(self) -> str:
        code = self.process.returncode if self.process else 0
        return f"signal {-code}" if code < 0 else f"status {code}"

    def stop(self) -> None:
        """End the whole group: asked first, killed after a few seconds."""
        if self.process is not None:
            end_group(self.process.pid)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
            self.process = None

    def last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-12:])


def refuse_taken_port(port: int) -> None:
    """Raise CannotGoOn when another program listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CannotGoOn(f"Port {port} needs root. Choose one above 1023, for instance --port 8000.") from error
        except OSError as error:
            raise CannotGoOn(
                f"Port {port} is in use by another program. Choose another, for instance --port {port + 1}."
            ) from error


def wait_until_answering(web: Service, port: int) -> None:
    """Wait for the first answer; raises CannotGoOn with the log's last lines when there is none."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not web.died():
        status = _status(port)
        if 0 < status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return
        if status:
            raise CannotGoOn(f"The first page answered {status}:\n{web.last_words()}\nIts log: {web.log}")
        time.sleep(0.05)
    raise CannotGoOn(f"The web server did not start:\n{web.last_words()}\nIts log: {web.log}")


def _status(port: int) -> int:
    """The status of the first page; 0 while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
