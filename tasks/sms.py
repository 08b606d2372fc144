"""Sends one text message. Without a provider there is only the demonstration's way: it stands among its mails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from portal.base.errors import Refused
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Show the message where the demonstration shows its mails. Result: the number. Nothing of it goes into a log."""
    if not settings.DEMONSTRATION:
        raise Refused("No provider of text messages is set up.", code="no_sms")
    to = str(job.payload["to"])
    EmailMessage(subject=f"Text message to {to}", body=job.payload["text"], to=[f"{to}@sms.invalid"]).send()
    return {"to": to}
