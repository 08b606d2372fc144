"""What the ledger needs done beside its postings."""

from __future__ import annotations

from datetime import datetime

from portal.ledger import services

MOST_ROUNDS = 200


def seal(*, at: datetime) -> None:
    """Seal what was posted since, round after round: after a large import there are many."""
    for _ in range(MOST_ROUNDS):
        if not services.seal(at=at):
            return
