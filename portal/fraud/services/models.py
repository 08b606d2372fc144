"""Keeping trained models, and saying which one is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.fraud.forest import digest
from portal.fraud.models import ModelInForce, ModelVersion
from portal.fraud.queries.work import ANALYSE, TRAIN, under_way
from portal.fraud.scoring import Scorer
from portal.outbox.models import Job
from portal.outbox.services import enqueue

LEAST_ALERTS, MOST_ALERTS = 1, 1000
_LOCK = 7042


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What training brings: packed forests, what they were learned from, and the cuts of their scores."""

    since: datetime
    until: datetime
    movements: int
    alerts_a_day: int
    forest: bytes
    nine: bytes
    ranker: bytes | None
    labels: int
    norms: Mapping[str, Any]
    thresholds: Mapping[str, int]
    bins: Mapping[str, Any]
    measures: Mapping[str, Any]


@transactional
def keep_model(*, trained: Trained, by: Any, at: datetime) -> ModelVersion:
    """Keep a trained model as the next version and put it in force. Refused: one that cannot be unpacked again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [_LOCK])
    number = (ModelVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ModelVersion(
        number=number,
        trained_at=at,
        trained_by=by,
        since=trained.since,
        until=trained.until,
        movements=trained.movements,
        alerts_a_day=trained.alerts_a_day,
        forest=trained.forest,
        forest_hash=digest(trained.forest),
        nine=trained.nine,
        nine_hash=digest(trained.nine),
        ranker=trained.ranker,
        ranker_hash=digest(trained.ranker) if trained.ranker is not None else "",
        labels=trained.labels,
        norms=dict(trained.norms),
        thresholds=dict(trained.thresholds),
        bins=dict(trained.bins),
        measures=dict(trained.measures),
    )
    Scorer.of(version)
    version.save()
    put_in_force(version=version, why="Trained", by=by, at=at)
    return version


@transactional
def put_in_force(*, version: ModelVersion, why: str, by: Any, at: datetime) -> ModelInForce:
    """Score by this version from now on: after training, or to roll back. Refused: no reason, the one in force already."""
    if not why.strip():
        raise Refused("Say why.", code="reason", field="reason")
    current = ModelInForce.objects.order_by("-pk").first()
    if current is not None and current.version_id == version.pk:
        raise Refused(f"{version} is in force already.", code="same")
    record(verb="fraud model put in force", subject=str(version.number), detail={"why": why.strip()}, by=by, at=at)
    return ModelInForce.objects.create(version=version, at=at, by=by, why=why.strip()[:140])


@transactional
def ask_for_training(*, alerts_a_day: int, by: Any, at: datetime) -> Job:
    """Ask the worker to train a model whose levels give about so many alerts a day.

    Asked again while it is under way, it is the same work. Refused: another training under way.
    """
    if not LEAST_ALERTS <= alerts_a_day <= MOST_ALERTS:
        message = f"Between {LEAST_ALERTS} and {MOST_ALERTS:,} alerts a day."
        raise Refused(message, code="alerts", field="alerts_a_day")
    busy = "A training is under way already: its model will stand on this page."
    return _one_at_a_time(TRAIN, {"alerts_a_day": alerts_a_day}, busy=busy, by=by, at=at)


@transactional
def ask_for_analysis(*, since: datetime, until: datetime, with_alerts: bool, by: Any, at: datetime) -> Job:
    """Ask the worker to score the movements of a period that the gate did not see, and to raise alerts of them.

    Asked again while it is under way, it is the same work. Refused: a period without days, one that has not begun,
    another analysis under way.
    """
    if since >= until:
        raise Refused("The last day lies before the first.", code="order", field="until")
    if since > at:
        raise Refused("This period has not begun.", code="future", field="since")
    payload = {"since": since.isoformat(), "until": until.isoformat(), "with_alerts": with_alerts}
    busy = "An analysis is under way already. Ask again once its result stands on this page."
    return _one_at_a_time(ANALYSE, payload, busy=busy, by=by, at=at)


def _one_at_a_time(kind: str, payload: dict[str, Any], *, busy: str, by: Any, at: datetime) -> Job:
    """The same work of the same person that is under way, or new work. Refused, with `busy`: other work under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 2)", [_LOCK])
    going = under_way(kind)
    if going is None:
        return enqueue(kind=kind, key=new_key(), payload=payload, by=by, at=at)
    if going.payload == payload and going.created_by_id == (by.pk if by is not None else None):
        return going
    raise Refused(busy, code="busy")
