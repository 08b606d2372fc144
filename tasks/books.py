"""What the ledger needs done beside its postings."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.db import close_old_connections, connection

from portal.base.clock import now
from portal.ledger import services

logger = logging.getLogger(__name__)

MOST_ROUNDS = 200
SEAL_SECONDS = 3.0
"""The chain is at most this far behind the journal, and the time sealing takes."""

_started = threading.Lock()


def seal(*, at: datetime) -> None:
    """Seal what was posted since, round after round: after a large import there are many."""
    for _ in range(MOST_ROUNDS):
        if not services.seal(at=at):
            return


def keep_sealing() -> None:
    """Seal every few seconds in a thread of its own, one in each worker process. The minute's tick does it too."""
    if _started.acquire(blocking=False):
        threading.Thread(target=_seal_on_and_on, daemon=True, name="sealer").start()


def _seal_on_and_on() -> None:
    pause = threading.Event()
    while not pause.wait(SEAL_SECONDS):
        try:
            close_old_connections()
            seal(at=now())
        except Exception:
            # A database that is away for a while comes back; until then the journal simply waits unsealed.
            logger.exception("Sealing failed; it is tried again.")
            connection.close()
