"""Proves the books again: once a night by itself, and whenever somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.ledger.proof import prove
from portal.outbox.models import Job
from portal.reports.chains import ask_to_verify, note_verification
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Prove every statement about the books; what was found becomes an event of the trail, kept once with the job's end."""
    # Told before: proving reads one snapshot in a transaction that writes nothing, not even how far it is.
    progress(0, 1, "Proving every statement about the books")
    proofs = prove()

    def keep() -> Mapping[str, Any]:
        event = note_verification(proofs=proofs, by=job.created_by, at=at)
        return {"url": reverse("chain_state"), "label": f"The books are {event.subject}: see the chains"}

    return keep


def ask_each_night(*, at: datetime) -> None:
    """Each minute: a new day wants the books proved once. Changes nothing when called again."""
    ask_to_verify(key=f"night {at:%Y-%m-%d}", by=None, at=at)
