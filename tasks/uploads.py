"""Has a brought file looked at by the virus scanner. While the scanner is away the file waits, and the job is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.documents.uploads import scan
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Result: what became of the file."""
    return {"state": scan(upload_id=UUID(job.payload["upload"]), at=at).state}
