"""What the worker does about fraud: trains each week and when asked, tries a rule on the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.timezone import localtime

from portal.base.errors import Refused
from portal.base.money import Money
from portal.fraud.calibration import Scores, bins_of
from portal.fraud.forest import Floats, packed
from portal.fraud.habits import FEATURES, KEPT_DECIMALS
from portal.fraud.judging import Seen, fired
from portal.fraud.models import Alert, Case, Level, ModelVersion, ScoredMovement
from portal.fraud.norms import Norms
from portal.fraud.queries.work import TRAIN, under_way
from portal.fraud.rulebook import drafted
from portal.fraud.scoring import NINE_COLUMNS, TIMES_COLUMNS, Scorer, combined, matrix
from portal.fraud.services.alerting import rank_open_cases
from portal.fraud.services.models import Trained, ask_for_training, keep_model
from portal.outbox.models import Job
from tasks.learning import Report, Reservoir, past, tally, unheard
from tasks.runner import Progress

WINDOW = timedelta(days=90)
SAMPLE = 30_000
LEAST_MOVEMENTS = 200
FIRST = 20
"""Of so many at the head of the queue the model page says how many were right."""
LEAST_LABELS = 20
"""Confirmed frauds from which a ranker is worth training."""
USUAL_ALERTS = 10
WEEK = timedelta(days=7)
SEED = 20


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn from: a fair sample of a window's movements, and what all accounts did in it."""

    rows: Floats
    movements: int
    norms: Norms
    since: datetime
    until: datetime


def run_training(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Train on the last ninety days and put the model in force. Result: its number and on how many movements."""
    version = train(alerts_a_day=int(job.payload["alerts_a_day"]), by=job.created_by, at=at, report=progress)
    words = f"{version}: learned from {version.movements:,} movements"
    return {"version": version.number, "movements": version.movements, "url": reverse("fraud_model"), "label": words}


def train(*, alerts_a_day: int, by: Any, at: datetime, report: Report = unheard) -> ModelVersion:
    """Train, cut the levels, keep the model. Habits of every account are written on the way.

    Refused: fewer movements in the window than a habit could be seen in.
    """
    return keep(lesson(at=at, report=report), alerts_a_day=alerts_a_day, by=by, at=at)


def lesson(*, at: datetime, report: Report = unheard) -> Lesson:
    """Read the past, and write what every account is used to. Refused: too few movements in the window."""
    since = at - WINDOW
    norms = tally(since=since, until=at, report=report)
    sample = Reservoir(SAMPLE, Random(SEED))  # noqa: S311  # which rows teach is no secret
    for each in past(norms, report=report, keep_habits=True):
        if since <= each.watched.at < at and not each.watched.is_incoming:
            sample.offer(each.figures)
    if sample.seen < LEAST_MOVEMENTS:
        message = f"{sample.seen} movements within {WINDOW.days} days are too few to learn from."
        raise Refused(message, code="too_few")
    return Lesson(matrix(sample.rows), sample.seen, norms, since, at)


def keep(learned: Lesson, *, alerts_a_day: int, by: Any, at: datetime) -> ModelVersion:
    """Make the next model of what was read and of the verdicts there are now, and put it in force."""
    from tasks.training import isolation_forest

    rows = learned.rows
    times = isolation_forest(rows[:, TIMES_COLUMNS], seed=SEED)
    nine = isolation_forest(rows[:, NINE_COLUMNS], seed=SEED)
    scores = combined(times.scores(rows[:, TIMES_COLUMNS]), nine.scores(rows[:, NINE_COLUMNS]))
    cuts = Scores.of(scores, a_day=learned.movements / WINDOW.days)
    ranker, labels, measures = _ranker(rows)
    trained = Trained(
        since=learned.since,
        until=learned.until,
        movements=learned.movements,
        alerts_a_day=alerts_a_day,
        forest=packed([times]),
        nine=packed([nine]),
        ranker=ranker,
        labels=labels,
        norms=learned.norms.plain(),
        thresholds=cuts.thresholds(alerts_a_day),
        # Compared later with figures as they are kept.
        bins=bins_of(np.round(rows, KEPT_DECIMALS), FEATURES),
        measures=measures,
    )
    version = keep_model(trained=trained, by=by, at=at)
    rank_open_cases(Scorer.of(version))
    return version


def _ranker(rows: Floats) -> tuple[bytes | None, int, dict[str, Any]]:
    """A ranker from the verdicts, once there are enough; it is judged on the later third, which it was not trained on."""
    from tasks.training import ranker

    frauds = _labelled(Case.State.FRAUD)
    good = _labelled(Case.State.CLEARED)
    if len(frauds) < LEAST_LABELS:
        return None, len(frauds), {"labels_wanted": LEAST_LABELS}
    rest = _without(rows, [*frauds, *good])
    parts = [matrix([*frauds, *good]), rest]
    is_fraud = np.arange(sum(map(len, parts))) < len(frauds)
    measures = _measured(frauds, good, rest)
    return packed(ranker(np.concatenate(parts), is_fraud, seed=SEED)), len(frauds), measures


def _without(rows: Floats, judged: Sequence[Mapping[str, float]]) -> Floats:
    """The rows that nobody has judged: those of a verdict must not count as good beside it, nor teach what they will test."""
    known = {tuple(row) for row in np.round(matrix(judged), 3)}
    return rows[[tuple(row) not in known for row in np.round(rows, 3)]]


def _measured(
    frauds: Sequence[Mapping[str, float]], good: Sequence[Mapping[str, float]], rows: Floats
) -> dict[str, Any]:
    """Forest and ranker side by side, on verdicts newer than all that this trial ranker learned from; none are in `rows`."""
    from sklearn.metrics import average_precision_score

    from portal.fraud.scoring import ranked
    from tasks.training import isolation_forest, ranker

    older, newer = len(frauds) * 2 // 3, len(good) * 2 // 3
    known = np.concatenate([matrix([*frauds[:older], *good[:newer]]), rows])
    trial = ranker(known, np.arange(len(known)) < older, seed=SEED)
    later = [*frauds[older:], *good[newer:]]
    truth = np.arange(len(later)) < len(frauds) - older
    if truth.all():
        return {}
    seen = matrix(later)
    forest = isolation_forest(rows[:, TIMES_COLUMNS], seed=SEED).scores(seen[:, TIMES_COLUMNS])
    scores = {"forest": forest, "ranker": ranked(trial, seen)}
    first = min(FIRST, len(later))
    measures: dict[str, Any] = {"verdicts": len(later), "first": first}
    for name, found in scores.items():
        measures[name] = round(100 * average_precision_score(truth, found))
        measures[f"{name}_first"] = int(truth[np.argsort(-found)[:first]].sum())
    return measures


def _labelled(state: str) -> list[dict[str, float]]:
    """The features of alerts whose case was decided so, the oldest first."""
    alerts = Alert.objects.filter(case__state=state, is_incoming=False).order_by("at")
    return [figures for figures in alerts.values_list("figures", flat=True) if set(FEATURES) <= set(figures)]


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: a model that is a week old is trained anew, with the number of alerts it was cut for."""
    newest = ModelVersion.objects.only("trained_at", "alerts_a_day").first()
    if newest is not None and newest.trained_at < at - WEEK and under_way(TRAIN) is None:
        ask_for_training(alerts_a_day=newest.alerts_a_day, by=None, at=at)


TOO_WIDE_PERCENT = 5
ROWS = 2_000


def run_backtest(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """What a rule would have done: on how many movements of the last ninety days it would have spoken, how many were fraud.

    What only a live movement has (wrong PINs, devices) is not in the past: such rules find nothing here.
    """
    rule = drafted(job.payload["rule"])
    frauds = set(Alert.objects.filter(case__state=Case.State.FRAUD).values_list("entry_id", flat=True))
    seen = spoke = true = 0
    for each, level in _scored(at - WINDOW, at, progress):
        seen += 1
        currency = each.account.currency
        if fired([rule], _as_seen(each, level, currency)):
            spoke += 1
            true += each.entry_id in frauds
    result: dict[str, Any] = {"seen": seen, "fired": spoke, "true": true}
    result["is_wide"] = spoke * 100 > seen * TOO_WIDE_PERCENT
    result["percent"] = f"{100 * spoke / seen:.1f}" if seen else "0"
    address = reverse("fraud_rule", args=[rule.code])
    return {**result, "url": f"{address}?tried={job.pk}", "label": f"Would have spoken {spoke:,} times: to the rule"}


def _scored(since: datetime, until: datetime, progress: Progress) -> Iterator[tuple[ScoredMovement, Level | None]]:
    """The movements of a stretch of time with what the model found then, in flat memory."""
    rows = ScoredMovement.objects.filter(at__gte=since, at__lt=until).select_related("account").order_by("pk")
    total = rows.count()
    for done, each in enumerate(rows.iterator(chunk_size=ROWS)):
        if done % ROWS == 0:
            progress(done, total, "Movements of ninety days")
        yield each, Level(each.level) if each.score_millionths is not None else None


def _as_seen(each: ScoredMovement, level: Level | None, currency: str) -> Seen:
    return Seen(
        amount=Money(each.amount_minor, currency),
        channel=each.kind.rpartition(":")[2],
        is_incoming=each.is_incoming,
        hour=localtime(each.at).hour,
        figures=each.figures,
        level=level,
    )
