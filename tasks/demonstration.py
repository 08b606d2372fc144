"""What the worker does once for the made-up institution: it gives the fraud desk a past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from portal.home.demonstration.thefts import Desk, Thefts
from portal.outbox.models import Job
from tasks.analysis import analyse, raise_past
from tasks.fraud import WINDOW, keep, lesson
from tasks.runner import Progress

ALERTS_A_DAY = 1
LOOKS_BACK = timedelta(days=330)
STILL_OPEN = timedelta(days=9)
"""What is younger waits for whoever looks at the demonstration."""


def run_fraud(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Train, raise the alerts of the past year, have all but the newest judged, and train again on the verdicts.

    Run again after a kill it goes on: an alert is raised once, a case decided once. Result: models, alerts and verdicts.
    """
    size = job.payload
    days = {name: date.fromisoformat(size[name]) for name in ("start", "today")}
    desk = Desk.manned(Thefts.of(seed=int(size["seed"]), customers=int(size["customers"]), **days))
    learned = lesson(at=at, report=progress)
    keep(learned, alerts_a_day=ALERTS_A_DAY, by=None, at=at)
    _, standing = analyse(since=at - LOOKS_BACK, until=at, keep_since=at - WINDOW, report=progress)
    verdicts = 0

    def decide(moment: datetime) -> None:
        nonlocal verdicts
        verdicts += desk.decide_until(min(moment, at - STILL_OPEN))

    alerts = raise_past(standing, until=at, before_each=decide)
    decide(at)
    version = keep(learned, alerts_a_day=ALERTS_A_DAY, by=None, at=at)
    return {"version": version.number, "alerts": alerts, "verdicts": verdicts}
