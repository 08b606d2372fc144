"""The worker as `up` starts it, with a slow kind of work added and short leases; run as `python -m tests.working run_huey`.

The tests' database server is forgetful on purpose, which a real start refuses; what is refused has tests of its own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from portal.outbox.models import Job
    from tasks.runner import Progress

SLOW = "test.slow"
LEASE_SECONDS = 2


def slow(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Say who began, take a while, then leave one event as the result, in the transaction that ends the job."""
    with Path(job.payload["begun"]).open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(job.payload["seconds"])

    def result() -> Mapping[str, Any]:
        from portal.audit.services import record

        record(verb="slow work done", subject=job.key, by=None, at=at)
        return {"pid": os.getpid()}

    return result


def main() -> None:
    import portal.ledger.startup

    portal.ledger.startup.unsafe_reasons = list
    django.setup()
    import tasks.runner
    import tasks.tasks

    tasks.runner.LEASE = timedelta(seconds=LEASE_SECONDS)
    tasks.runner.BEAT_SECONDS = LEASE_SECONDS / 4
    tasks.tasks.HANDLERS[SLOW] = "tests.working.slow"
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
