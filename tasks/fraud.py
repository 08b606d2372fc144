"""What the worker does about fraud: trains each week and when asked, analyses a period, tries a rule on the past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from portal.fraud.habits import FEATURES
from portal.fraud.judging import Seen, fired
from portal.fraud.models import Alert, Case, Level, ModelVersion, RuleVersion, ScoredMovement, Verdict
from portal.fraud.norms import Norms
from portal.fraud.queries.force import Force, force_now
from portal.fraud.scoring import MILLION, NINE_COLUMNS, TIMES_COLUMNS, Scorer, combined, matrix
from portal.fraud.services.alerting import raise_alert
from portal.fraud.services.gate import Facts, Judged
from portal.fraud.services.models import TRAIN, Trained, ask_for_training, keep_model
from portal.ledger.models import Account
from portal.outbox.models import Job
from tasks.learning import Past, Reservoir, as_moving, past, tally
from tasks.runner import Progress

WINDOW = timedelta(days=90)
SAMPLE = 30_000
LEAST_MOVEMENTS = 200
LEAST_LABELS = 20
"""Confirmed frauds from which a ranker is worth training."""
USUAL_ALERTS = 10
WEEK = timedelta(days=7)
SEED = 20


def run_training(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Train on the last ninety days and put the model in force. Result: its number and on how many movements."""

    def report(done: int) -> None:
        progress(done, 0, f"Reading the past, {done:,} movements")

    version = train(alerts_a_day=int(job.payload["alerts_a_day"]), by=job.created_by, at=at, report=report)
    if "alerts_days" in job.payload:
        since = at - timedelta(days=int(job.payload["alerts_days"]))
        analyse(since=since, until=at, with_alerts=True, report=report)
    return {"version": version.number, "movements": version.movements}


def train(*, alerts_a_day: int, by: Any, at: datetime, report: Any = lambda done: None) -> ModelVersion:
    """Train, cut the levels, keep the model. Habits of every account are written on the way.

    Refused: fewer movements in the window than a habit could be seen in.
    """
    since = at - WINDOW
    norms = tally(since=since, until=at)
    sample = Reservoir(SAMPLE, Random(SEED))  # noqa: S311  # which rows teach is no secret
    for each in past(norms, report=report, keep_habits=True):
        if since <= each.watched.at < at and not each.watched.is_incoming:
            sample.offer(each.figures)
    if sample.seen < LEAST_MOVEMENTS:
        message = f"{sample.seen} movements within {WINDOW.days} days are too few to learn from."
        raise Refused(message, code="too_few")
    return keep_model(trained=_trained(sample, norms, alerts_a_day, since, at), by=by, at=at)


def _trained(sample: Reservoir, norms: Norms, alerts_a_day: int, since: datetime, until: datetime) -> Trained:
    from tasks.training import isolation_forest

    rows = matrix(sample.rows)
    times = isolation_forest(rows[:, TIMES_COLUMNS], seed=SEED)
    nine = isolation_forest(rows[:, NINE_COLUMNS], seed=SEED)
    scores = combined(times.scores(rows[:, TIMES_COLUMNS]), nine.scores(rows[:, NINE_COLUMNS]))
    cuts = Scores.of(scores, a_day=sample.seen / WINDOW.days)
    ranker, labels, measures = _ranker(rows)
    return Trained(
        since=since,
        until=until,
        movements=sample.seen,
        alerts_a_day=alerts_a_day,
        forest=packed([times]),
        nine=packed([nine]),
        ranker=ranker,
        labels=labels,
        norms=norms.plain(),
        thresholds=cuts.thresholds(alerts_a_day),
        bins=bins_of(rows, FEATURES),
        measures=measures,
    )


def _ranker(rows: Floats) -> tuple[bytes | None, int, dict[str, Any]]:
    """A ranker from the verdicts, once there are enough; it is judged on the later third, which it was not trained on."""
    from tasks.training import ranker

    frauds = _labelled(Case.State.FRAUD)
    good = _labelled(Case.State.CLEARED)
    if len(frauds) < LEAST_LABELS:
        return None, len(frauds), {"labels_wanted": LEAST_LABELS}
    parts = [matrix(frauds), matrix(good) if good else np.empty((0, len(FEATURES))), rows]
    is_fraud = np.repeat([True, False, False], [len(part) for part in parts])
    measures = _measured(frauds, good, rows)
    return packed(ranker(np.concatenate(parts), is_fraud, seed=SEED)), len(frauds), measures


def _measured(
    frauds: Sequence[Mapping[str, float]], good: Sequence[Mapping[str, float]], rows: Floats
) -> dict[str, Any]:
    """Forest and ranker side by side, on verdicts newer than all that this trial ranker learned from."""
    from sklearn.metrics import average_precision_score

    from portal.fraud.scoring import ranked
    from tasks.training import isolation_forest, ranker

    older, newer = len(frauds) * 2 // 3, len(good) * 2 // 3
    known = np.concatenate([matrix(frauds[:older]), rows])
    trial = ranker(known, np.arange(len(known)) < older, seed=SEED)
    later = [*frauds[older:], *good[newer:]]
    truth = np.arange(len(later)) < len(frauds) - older
    if truth.all():
        return {}
    seen = matrix(later)
    forest = isolation_forest(rows[:, TIMES_COLUMNS], seed=SEED).scores(seen[:, TIMES_COLUMNS])
    precisions = {"forest": forest, "ranker": ranked(trial, seen)}
    return {name: round(100 * average_precision_score(truth, found)) for name, found in precisions.items()}


def _labelled(state: str) -> list[dict[str, float]]:
    """The features of alerts whose case was decided so, the oldest first."""
    alerts = Alert.objects.filter(case__state=state, is_incoming=False).order_by("at")
    return [figures for figures in alerts.values_list("figures", flat=True) if set(FEATURES) <= set(figures)]


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: a model that is a week old is trained anew, with the number of alerts it was cut for."""
    newest = ModelVersion.objects.only("trained_at", "alerts_a_day").first()
    if newest is not None and newest.trained_at < at - WEEK and not _waits():
        ask_for_training(alerts_a_day=newest.alerts_a_day, by=None, at=at)


def _waits() -> bool:
    return Job.objects.filter(kind=TRAIN, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()


TOO_WIDE_PERCENT = 5
ROWS = 2_000


def run_backtest(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """What a rule would have done: on how many movements of the last ninety days it would have spoken, how many were fraud.

    What only a live movement has (wrong PINs, devices) is not in the past: such rules find nothing here.
    """
    rule = _drafted(job.payload["rule"])
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
    address = reverse("fraud_rule", args=[rule.code])
    return {**result, "url": f"{address}?tried={job.pk}", "label": f"Would have spoken {spoke:,} times: to the rule"}


def _drafted(plain: Mapping[str, Any]) -> RuleVersion:
    names = ("code", "name", "condition", "parameters", "channel", "weight", "verdict")
    return RuleVersion(**{name: plain[name] for name in names}, on_incoming=bool(plain["on_incoming"]))


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


def run_analysis(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Score the movements of a period that the gate did not see. Result: how many, and how many of each level."""
    since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))

    def report(done: int) -> None:
        progress(done, 0, f"{done:,} movements read")

    found = analyse(since=since, until=until, with_alerts=bool(job.payload["with_alerts"]), report=report)
    words = ", ".join(f"{found[level.label.lower()]:,} {level.label.lower()}" for level in reversed(Level))
    return {**found, "url": reverse("fraud_model"), "label": f"Scored: {words}"}


def analyse(
    *, since: datetime, until: datetime, with_alerts: bool = False, report: Any = lambda done: None
) -> dict[str, int]:
    """Score a period by the model in force and keep the scores, once a movement; `with_alerts` raises alerts of it too.

    Refused: there is no model.
    """
    going_by = force_now(until.date())
    scorer = going_by.scorer
    if scorer is None:
        raise Refused("There is no model to score by. Train one first.", code="no_model")
    if with_alerts:
        _alert(going_by, since, until)
    counts = dict.fromkeys((level.label.lower() for level in Level), 0)
    batch: list[Past] = []
    for each in past(scorer.norms, report=report):
        if since <= each.watched.at < until:
            batch.append(each)
        if len(batch) >= ROWS:
            _keep(scorer, batch, counts)
            batch = []
    _keep(scorer, batch, counts)
    return counts


def _keep(scorer: Scorer, batch: Sequence[Past], counts: dict[str, int]) -> None:
    if not batch:
        return
    scores = np.round(scorer.scores(matrix([each.figures for each in batch])) * MILLION).astype(int)
    rows = []
    for each, score in zip(batch, scores, strict=True):
        level = scorer.level(int(score))
        counts[level.label.lower()] += 1
        rows.append(_row(each, int(score), level, scorer.version_id))
    ScoredMovement.objects.bulk_create(rows, ignore_conflicts=True)


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
        figures={name: round(value, 6) for name, value in each.figures.items()},
    )


def _alert(going_by: Force, since: datetime, until: datetime) -> None:
    """Raise alerts of what is high or critical in a period and nobody was told of. Money that stays with its owner is none."""
    scorer = going_by.scorer
    if scorer is None:
        return
    for each in past(scorer.norms):
        watched = each.watched
        if since <= watched.at < until and not watched.is_own and not watched.is_incoming:
            score = scorer.score(each.figures)
            level = scorer.level(score)
            if level >= Level.HIGH and not Alert.objects.filter(entry=watched.entry_id).exists():
                judged = _as_judged(each, score, level, going_by)
                raise_alert(judged, entry_id=watched.entry_id, is_past=True, by=None, at=watched.at)


def _as_judged(each: Past, score: int, level: Level, going_by: Force) -> Judged:
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
        level=level,
        fired=[],
        verdict=Verdict.ALLOW,
        force=going_by,
    )
