"""A month's interest, posted in batches that each stand on their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from portal.deposits import queries, services
from portal.outbox.models import Job
from tasks.runner import Progress


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Post the month that ends on the payload's day, after any before it that was left out.

    Result: how many accounts were looked at and paid, with the way back to the page of interest.
    """
    accounts = paid = 0
    for start, end in queries.months_to_post(date.fromisoformat(job.payload["period_end"])):

        def report(done: int, total: int, month: date = end) -> None:
            progress(done, total, f"Interest {month:%B %Y}, accounts")

        done = services.post_interest(period_start=start, period_end=end, by=job.created_by, at=at, report=report)
        accounts, paid = accounts + done.accounts, paid + done.paid
    label = f"{paid:,} of {accounts:,} accounts were paid interest" if accounts else "Nothing was left to post"
    return {"accounts": accounts, "paid": paid, "url": reverse("interest_runs"), "label": label}


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: a branch that has entered a new month wants the last one's interest."""
    services.ask_for_what_is_due(at=at)
