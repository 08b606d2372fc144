"""Scoring a stretch of the past that the gate did not see, by the model in force, and raising alerts of what stands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.urls import reverse

from portal.base.errors import Refused
from portal.base.money import Money
from portal.fraud.habits import KEPT_DECIMALS
from portal.fraud.models import Alert, Level, ModelVersion, ScoredMovement, Verdict
from portal.fraud.queries.force import Force, force_now
from portal.fraud.scoring import MILLION, Scorer, matrix
from portal.fraud.services.alerting import raise_alert
from portal.fraud.services.gate import Facts, Judged
from portal.ledger.models import Account
from portal.outbox.models import Job
from tasks.learning import Past, Report, as_moving, past, unheard
from tasks.runner import Progress

TOGETHER = 2_000
"""Movements scored and kept at once."""
MOST_SHOWN = 50
"""Movements that the page of the result shows."""
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A past movement that stands out: whose it is and how much it scored."""

    account_id: int
    entry_id: UUID
    score: int


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Score the movements of a period that the gate did not see.

    Result: how many of each level, how many alerts were raised, what stands out most, by which model.
    """
    since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))
    scorer = _scorer(until)
    found, standing = analyse(since=since, until=until, report=progress)
    alerts = raise_past(standing, until=until) if job.payload["with_alerts"] else 0
    most = sorted(standing, key=lambda each: (-each.score, str(each.entry_id)))[:MOST_SHOWN]
    return {
        "levels": found,
        "alerts": alerts,
        "version": ModelVersion.objects.values_list("number", flat=True).get(pk=scorer.version_id),
        "standing": len(standing),
        "most": [(str(each.entry_id), each.score) for each in most],
        "url": reverse("fraud_model_analysis", args=[job.pk]),
        "label": "To what was found",
    }


def analyse(
    *,
    since: datetime,
    until: datetime,
    keep_since: datetime | None = None,
    report: Report = unheard,
) -> tuple[Counts, list[Standing]]:
    """Score a period by the model in force and keep the scores, once a movement, of a part of it from `keep_since` on.

    Returns how many came to each level, and those of members who pay others that are worth an alert. Memory follows the
    number of these, not of all. Refused: there is no model.
    """
    scorer = _scorer(until)
    counts = dict.fromkeys((level.label.lower() for level in Level), 0)
    standing: list[Standing] = []
    batch: list[Past] = []
    for each in past(scorer.norms, report=report):
        if since <= each.watched.at < until:
            batch.append(each)
        if len(batch) >= TOGETHER:
            standing += _kept(scorer, batch, counts, keep_since or since)
            batch = []
    return counts, standing + _kept(scorer, batch, counts, keep_since or since)


def _scorer(until: datetime) -> Scorer:
    found = force_now(until.date())
    if found.scorer is None:
        raise Refused(found.trouble or "There is no model to score by. Train one first.", code="no_model")
    return found.scorer


def raise_past(
    standing: Sequence[Standing], *, until: datetime, before_each: Callable[[datetime], object] = lambda at: None
) -> int:
    """Raise alerts of past movements in the order of time, where nobody was told of them; returns how many.

    `before_each` is told the moment of each. Nobody is mailed about what is long over.
    """
    known = set(Alert.objects.filter(entry__in=[each.entry_id for each in standing]).values_list("entry_id", flat=True))
    unseen = [each for each in standing if each.entry_id not in known]
    found = sorted(_judged(unseen, force_now(until.date())), key=lambda pair: pair[1].moving.at)
    for entry_id, judged in found:
        at = judged.moving.at
        before_each(at)
        with transaction.atomic():
            raise_alert(judged, entry_id=entry_id, is_past=True, by=None, at=at)
    return len(found)


def _kept(scorer: Scorer, batch: Sequence[Past], counts: Counts, keep_since: datetime) -> list[Standing]:
    if not batch:
        return []
    scores = np.round(scorer.scores(matrix([each.figures for each in batch])) * MILLION).astype(int)
    rows: list[ScoredMovement] = []
    standing: list[Standing] = []
    for each, score in zip(batch, scores, strict=True):
        watched, level = each.watched, scorer.level(int(score))
        counts[level.label.lower()] += 1
        if watched.at >= keep_since:
            rows.append(_row(each, int(score), level, scorer.version_id))
        if level >= Level.HIGH and not watched.is_own and not watched.is_incoming:
            standing.append(Standing(watched.account_id, watched.entry_id, int(score)))
    ScoredMovement.objects.bulk_create(rows, ignore_conflicts=True)
    return standing


def _row(each: Past, score: int, level: Level, version_id: int) -> ScoredMovement:
    watched = each.watched
    return ScoredMovement(
        entry_id=watched.entry_id,
        account_id=watched.account_id,
        customer_id=watched.customer_id,
        is_incoming=watched.is_incoming,
        kind=watched.kind,
        amount_minor=watched.amount_minor,
        at=watched.at,
        score_millionths=score,
        level=level,
        version_id=version_id,
        figures={name: round(value, KEPT_DECIMALS) for name, value in each.figures.items()},
    )


def _judged(standing: Sequence[Standing], going_by: Force) -> Iterator[tuple[UUID, Judged]]:
    """These movements as the gate would have judged them, from what was before each: their accounts are read once more."""
    scorer, scores = going_by.scorer, {each.entry_id: each.score for each in standing}
    if scorer is None or not scores:
        return
    for each in past(scorer.norms, only={found.account_id for found in standing}):
        watched = each.watched
        if watched.entry_id in scores and not watched.is_incoming:
            score = scores[watched.entry_id]
            # What comes next changes the habit, and the reasons are told from it as it was.
            yield watched.entry_id, _as_judged(replace(each, habit=deepcopy(each.habit)), score, going_by)


def _as_judged(each: Past, score: int, going_by: Force) -> Judged:
    watched = each.watched
    kind, _, channel = watched.kind.partition(":")
    facts = Facts(
        account=Account.objects.get(pk=watched.account_id),
        customer_id=watched.customer_id,
        opened_on=watched.opened_on,
        amount=Money(watched.amount_minor, watched.currency),
        is_incoming=watched.is_incoming,
        kind=kind,
        channel=channel,
        key="",
    )
    return Judged(
        facts=facts,
        habit_id=0,
        habit=each.habit,
        moving=as_moving(watched),
        figures=each.figures,
        score=score,
        level=going_by.scorer.level(score) if going_by.scorer else Level.LOW,
        fired=[],
        verdict=Verdict.ALLOW,
        force=going_by,
    )
