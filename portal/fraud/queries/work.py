"""What the worker does for this room: what is under way, and what an analysis of a period has found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.base.money import Money
from portal.fraud.models import Alert, Level, ModelVersion, ScoredMovement
from portal.fraud.queries.cases import cases_visible_to
from portal.outbox.models import Job

TRAIN, ANALYSE, BACKTEST = "fraud.train", "fraud.analyse", "fraud.backtest"
MOST_ANALYSES = 6
_GOING = (Job.State.WAITING, Job.State.RUNNING)


def under_way(kind: str) -> Job | None:
    """The work of this kind that waits or runs, the oldest first."""
    return Job.objects.filter(kind=kind, state__in=_GOING).order_by("created_at").first()


def analyses_visible_to(user: Any) -> QuerySet[Job]:
    """The analyses of periods, the newest first: whoever may see the model sees what it found."""
    jobs = Job.objects.filter(kind=ANALYSE).select_related("created_by").order_by("-created_at")
    return jobs if allows(user, Capability.FRAUD_MODEL_VIEW) else jobs.none()


@dataclass(frozen=True, slots=True)
class StandsOut:
    """A movement that an analysis found, and the alert about it, where there is one."""

    movement: ScoredMovement
    score_percent: int
    alert: Alert | None

    @property
    def amount(self) -> Money:
        return Money(self.movement.amount_minor, self.movement.account.currency)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What an analysis of a period has found. `levels` are rows of a level, how many, and of a hundred."""

    job: Job
    first: date
    last: date
    movements: int
    levels: Sequence[tuple[str, int, str]]
    alerts_a_day: str
    aim: int | None
    most: Sequence[StandsOut]

    @classmethod
    def of(cls, job: Job, user: Any) -> Analysis:
        """What a finished analysis found; single movements are shown to those who may read cases."""
        found: dict[str, Any] = job.result or {}
        since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))
        counts: dict[str, int] = found.get("levels", {})
        movements, days = sum(counts.values()), max((until - since).days, 1)
        of = [(level, counts.get(level.label.lower(), 0)) for level in reversed(Level)]
        version = ModelVersion.objects.only("alerts_a_day").filter(number=found.get("version", 0)).first()
        return cls(
            job=job,
            first=since.date(),
            last=(until - timedelta(days=1)).date(),
            movements=movements,
            levels=[(str(level.label), count, f"{100 * count / max(movements, 1):.1f}") for level, count in of],
            alerts_a_day=f"{found.get('standing', 0) / days:.1f}",
            aim=version.alerts_a_day if version else None,
            most=_most(found.get("most", []), user),
        )


def _most(found: Sequence[Sequence[Any]], user: Any) -> list[StandsOut]:
    if not allows(user, Capability.FRAUD_VIEW):
        return []
    entries = [entry for entry, _ in found]
    scored = {str(row.pk): row for row in ScoredMovement.objects.filter(pk__in=entries).select_related("account")}
    alerts = Alert.objects.filter(entry__in=entries, case__in=cases_visible_to(user)).select_related("case")
    told = {str(alert.entry_id): alert for alert in alerts}
    return [StandsOut(scored[entry], score // 10_000, told.get(entry)) for entry, score in found if entry in scored]
