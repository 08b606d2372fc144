"""What `settings.OUTBOX_WAKE` names in tests."""

from __future__ import annotations

rung: list[str] = []


def ring() -> None:
    rung.append("rung")


def broken() -> None:
    raise ConnectionError("no queue")
