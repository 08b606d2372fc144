"""Sends one mail. Should a worker die between sending and writing it down, the repeat carries the same Message-ID."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Hand the mail to the mail server. Result: the address and the Message-ID."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message_id = f"<{job.pk}@{domain}>"
    EmailMessage(
        subject=job.payload["subject"],
        body=job.payload["text"],
        to=[job.payload["to"]],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    ).send()
    return {"to": job.payload["to"], "message_id": message_id}
