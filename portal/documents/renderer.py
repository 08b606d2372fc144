"""The process that lays documents out, from the worker's side: started, fed, watched, and ended when it is too much.

Only `tasks` uses it. The process has no secrets in its environment, a bound on memory and on processor time, and is made
anew after some hundred documents, so that what a layout leaves behind never piles up.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any

from django.conf import settings

from portal.base.errors import Refused
from portal.documents.layout import DONE, read, write

MEMORY_BYTES = 1_600_000_000
CPU_SECONDS = 60
PATIENCE_SECONDS = 150.0
"""On the clock, for a machine that is busy with other things."""
MOST_DOCUMENTS = 200
TOO_MUCH = "This document is too large for this machine to make. Ask for a shorter period, or for another format."
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class LayoutFailed(RuntimeError):
    """A template or an engine is at fault: a bug, never the person's mistake."""


class Renderer:
    """Lays out documents one after another: `with Renderer() as renderer: renderer.lay_out({...})`."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
        self._limits = (memory_bytes, cpu_seconds)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def lay_out(self, order: Mapping[str, Any]) -> bytes:
        """The PDF an order describes. Refuses what needs more memory or time than a document may have.

        Raises `LayoutFailed` where the template itself is at fault.
        """
        if self._made >= MOST_DOCUMENTS:
            self._end()
        process = self._process or self._start()
        answer = _asked(process, json.dumps(order).encode())
        self._made += 1
        if answer is None:
            self._end()
            raise Refused(TOO_MUCH, code="too_large")
        if not answer.startswith(DONE):
            words = answer[1:].decode(errors="replace")
            if words.startswith("MemoryError"):
                raise Refused(TOO_MUCH, code="too_large")
            raise LayoutFailed(words)
        return answer[1:]

    def processor_seconds(self) -> float:
        """What the process has used of the processors so far; 0 while there is none."""
        if self._process is None:
            return 0.0
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _start(self) -> subprocess.Popen[bytes]:
        memory, seconds = map(str, self._limits)
        self._made = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "portal.documents.layout", memory, seconds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in _HANDED_ON if name in os.environ} | {"RAYON_NUM_THREADS": "1"},
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()


def _asked(process: subprocess.Popen[bytes], order: bytes) -> bytes | None:
    """Its answer; None when it died of it or was ended for taking too long."""
    if process.stdin is None or process.stdout is None:
        raise TypeError("a renderer has pipes")
    watch = Timer(PATIENCE_SECONDS, lambda: process.send_signal(signal.SIGKILL))
    watch.daemon = True
    watch.start()
    try:
        write(process.stdin, order)
        return read(process.stdout)
    except OSError:
        return None
    finally:
        watch.cancel()
