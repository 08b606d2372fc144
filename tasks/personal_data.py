"""Packs what is kept about a customer, and leaves the archive's address as the job's result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.base.errors import Refused
from portal.documents import services
from portal.home.services.personal_data import KEPT, gathered, packed
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Make the archive; keeping it is left to the transaction that ends the job, so that none is kept twice."""
    owner = job.created_by
    if owner is None or owner.customer is None:
        raise Refused("Only customers take their data home here.", code="not_a_customer")
    customer = owner.customer
    progress(0, 2, "Gathering what is kept about you")
    data = gathered(customer)
    progress(1, 2, "Packing it")
    body = packed(customer, data=data)

    def keep() -> Mapping[str, Any]:
        document = services.store(
            kind="personal_data",
            title="Your personal data",
            filename=f"personal-data-{customer.number}-{at:%Y-%m-%d}.zip",
            media_type="application/zip",
            body=body,
            by=owner,
            at=at,
            subject=customer.number,
            expires_at=at + KEPT,
        )
        return {"url": reverse("document_download", args=[document.pk]), "label": f"Download {document.filename}"}

    return keep
