"""File locks that vanish with the process that holds them, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One `flock` on one small file, released on `release` or at the process' end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; False when `wait` is off and another process holds it."""
        handle = self._handle if self._handle is not None else os.open(self.path, os.O_RDONLY | os.O_CREAT, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if self._handle is None:
                os.close(handle)
            return False
        self._handle = handle
        return True

    @property
    def handle(self) -> int:
        """The open file behind the lock. A child that inherits it keeps the lock alive after we were killed."""
        if self._handle is None:
            raise ValueError(f"{self.path} is not locked")
        return self._handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` alone for the block; waits for whoever has it."""
    lock = Lock(path)
    lock.take()
    try:
        yield
    finally:
        lock.release()
