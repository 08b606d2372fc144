"""Fraud: what the detectors find on labelled payments, what the gate costs a posting, and how a long past is scored.

The protocol: features strictly from the past, learning on the first half of the year, scoring the second; the hundred
highest scores of each day are the day's alerts. The labelled payments lie in `../shared/data`; without them that part is
left out by name.
"""

from __future__ import annotations

import csv
import gzip
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

from deploy.bench.costs import peak_mb
from deploy.bench.ground import Ground
from deploy.bench.table import Figure
from deploy.folder import ROOT

ALERTS = 100
LEAST_RECALL, LEAST_PRECISION = 0.84, 0.35
LEAST_RECALL_JUDGED, LEAST_PRECISION_JUDGED = 0.94, 0.78
VERDICTS, UNLABELLED = 100, 60_000
MOST_GATE = 1.5
SEED = 20
TENTH = 0.1


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    gate = _gate(ground, quick)  # First: what follows stands on its models, not on its database.
    return [*_labelled(quick), *gate, *_past(ground, quick)]


# What detectors find -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Payments:
    """Labelled payments with their features, in the order of time; `is_late` is the half that is scored."""

    rows: Any
    is_fraud: Any
    day: Any
    is_late: Any
    learns: Any


def _labelled(quick: bool) -> list[Figure]:
    folder = Path(os.environ.get("PORTAL_SHARED") or ROOT.parent / "shared") / "data"
    file = folder / "sparkov_2013.csv.gz"
    if not file.is_file():
        return [Figure("labelled payments", f"left out: {file} is missing")]
    payments = _payments(file, every=10 if quick else 1)
    import numpy as np

    from portal.fraud.habits import FEATURES
    from portal.fraud.scoring import NINE_COLUMNS, TIMES_COLUMNS, combined
    from tasks.training import isolation_forest

    chosen = np.flatnonzero(payments.learns)
    some = np.random.default_rng(SEED).permutation(chosen)[:60_000]
    late = payments.rows[payments.is_late]
    times = isolation_forest(payments.rows[some][:, TIMES_COLUMNS], seed=SEED).scores(late[:, TIMES_COLUMNS])
    nine = isolation_forest(payments.rows[some][:, NINE_COLUMNS], seed=SEED).scores(late[:, NINE_COLUMNS])
    figures = [
        _found("amount alone", payments, late[:, FEATURES.index("amount")]),
        _found("five plain rules", payments, _rules(payments, late)),
        _found("forest of the nine features", payments, nine),
        _found("the model, no verdicts", payments, combined(times, nine), LEAST_RECALL, LEAST_PRECISION, quick),
    ]
    judged = _ranked(payments, late)
    what = f"the ranker, {VERDICTS} confirmed frauds"
    return [*figures, _found(what, payments, judged, LEAST_RECALL_JUDGED, LEAST_PRECISION_JUDGED, quick)]


def _payments(file: Path, *, every: int) -> Payments:
    import numpy as np

    from portal.fraud.habits import FEATURES
    from portal.fraud.norms import Tally

    middle = datetime(2013, 7, 1, tzinfo=UTC)
    counted = Tally()
    for moving, _, _ in _read(file, every):
        if moving.at < middle:
            counted.add(moving.kind, moving.at.hour, moving.amount)
    found = [(values, is_fraud, day) for values, is_fraud, day in _lived(file, every, counted.norms())]
    rows = np.array([values for values, _, _ in found], dtype=np.float32)
    day = np.array([day for _, _, day in found])
    first = date(2013, 7, 1).toordinal()
    is_late, warm = day >= first, day >= date(2013, 2, 1).toordinal()
    assert rows.shape[1] == len(FEATURES)  # noqa: S101 - the columns are read by their names' places
    return Payments(rows, np.array([is_fraud for _, is_fraud, _ in found]), day, is_late, warm & ~is_late)


def _lived(file: Path, every: int, norms: Any) -> Iterator[tuple[list[float], bool, int]]:
    """Each payment's features, by the very functions of the gate."""
    from portal.fraud.habits import FEATURES, Habit, features, learn

    habits: dict[str, Any] = {}
    for moving, customer, is_fraud in _read(file, every):
        habit = habits.setdefault(customer, Habit())
        found = features(habit, moving, norms)
        learn(habit, moving, found)
        yield [found[name] for name in FEATURES], is_fraud, moving.at.toordinal()


def _read(file: Path, every: int) -> Iterator[tuple[Any, str, bool]]:
    from portal.fraud.habits import Moving

    opened_on = date(2012, 1, 1)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if int(row["customer_id"]) % every == 0:
                at = datetime.fromisoformat(row["tx_datetime"]).replace(tzinfo=UTC)
                peer = int(row["merchant_id"])
                moving = Moving(
                    at=at, amount=float(row["amount"]), kind=row["category"], opened_on=opened_on, peer=peer
                )
                yield moving, row["customer_id"], row["fraud"] == "1"


def _rules(payments: Payments, late: Any) -> Any:
    """How many of five rules speak, whose bounds one in a hundred past payments reached; the amount settles ties."""
    import numpy as np

    from portal.fraud.habits import FEATURES

    names = ("amount", "amount_vs_avg_ratio", "transactions_last_24h", "hour_rarity", "last_hour")
    columns = [FEATURES.index(name) for name in names]
    bounds = np.quantile(payments.rows[payments.learns][:, columns], 0.99, axis=0)
    amount = late[:, FEATURES.index("amount")]
    return (late[:, columns] > bounds).sum(axis=1) + amount / (amount.max() + 1)


def _ranked(payments: Payments, late: Any) -> Any:
    """As if a hundred frauds had been confirmed by chance, and nothing else: the rest is taken for good, frauds or not."""
    import numpy as np

    from portal.fraud.scoring import ranked
    from tasks.training import ranker

    chance = np.random.default_rng(SEED)
    known = np.flatnonzero(payments.learns & payments.is_fraud)
    confirmed = chance.choice(known, min(VERDICTS, len(known)), replace=False)
    rest = np.setdiff1d(np.flatnonzero(payments.learns), confirmed)
    chosen = np.concatenate([confirmed, chance.choice(rest, min(UNLABELLED, len(rest)), replace=False)])
    is_fraud = np.arange(len(chosen)) < len(confirmed)
    return ranked(ranker(payments.rows[chosen], is_fraud, seed=SEED), late)


def _found(
    what: str,
    payments: Payments,
    scores: Any,
    recall_wanted: float = 0,
    precision_wanted: float = 0,
    quick: bool = False,
) -> Figure:
    from sklearn.metrics import average_precision_score, roc_auc_score

    truth, day = payments.is_fraud[payments.is_late], payments.day[payments.is_late]
    area, average = roc_auc_score(truth, scores), average_precision_score(truth, scores)
    precision, recall = _a_day(scores, truth, day)
    target, met = "", None
    if recall_wanted:
        target = f"recall ≥ {recall_wanted}, AP ≥ {precision_wanted}"
        met = None if quick else bool(recall >= recall_wanted and average >= precision_wanted)
    measured = f"AUC {area:.3f}, AP {average:.3f}"
    return Figure(what, measured, f"at {ALERTS} a day: precision {precision:.3f}, recall {recall:.3f}", "", target, met)


def _a_day(scores: Any, truth: Any, day: Any) -> tuple[float, float]:
    """Precision and recall of the highest scores of each day."""
    import numpy as np

    order = np.lexsort((-scores, day))
    days = day[order]
    starts = np.flatnonzero(np.r_[True, np.diff(days) > 0])
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    alerted = truth[order][place < ALERTS]
    return float(alerted.mean()), float(alerted.sum() / max(truth.sum(), 1))


# What the gate costs -------------------------------------------------------------------------------------------


def _gate(ground: Ground, quick: bool) -> list[Figure]:
    """The same transfers posted with the gate and without it, in turn, on accounts with long habits."""
    count = 40 if quick else 400
    with ground.fresh("fraud"):
        from deploy.bench.bank import make_bank

        bank = make_bank(50)
        _learn(bank)
        pairs = [
            (_posted(bank, count, judged=False), _posted(bank, count, judged=True)) for _ in range(2 if quick else 5)
        ]
    bare = statistics.median(one for one, _ in pairs)
    both = statistics.median(two for _, two in pairs)
    ratio = (both - bare) / bare
    met = None if quick else ratio <= MOST_GATE
    said = (f"{(both - bare) * 1000:.2f} ms", f"posting alone {bare * 1000:.2f} ms", f"{ratio:.2f}", f"≤ {MOST_GATE}")
    return [
        Figure("the gate, beside each posting", *said, met),
        Figure("– both together", f"{both * 1000:.2f} ms", "posting alone", f"{both / bare:.2f}"),
    ]


def _learn(bank: Any, *, accounts: int | None = None) -> None:
    """Sixty days of habits for every account (or for so many), in both directions, and a model in force."""
    from datetime import timedelta

    import numpy as np

    from portal.base.clock import now
    from portal.fraud.calibration import Scores, bins_of
    from portal.fraud.forest import packed
    from portal.fraud.habits import FEATURES, Habit, Moving, features, learn
    from portal.fraud.models import AccountHabit
    from portal.fraud.norms import NO_NORMS
    from portal.fraud.scoring import NINE_COLUMNS, TIMES_COLUMNS, combined, matrix
    from portal.fraud.services.models import Trained, keep_model
    from tasks.training import isolation_forest

    chance, at, rows, habits = Random(3), now(), [], []  # noqa: S311 - made-up amounts
    for account in bank.accounts[:accounts]:
        habit = Habit()
        for hour in range(0, 60 * 24, 12):
            amount, when = chance.lognormvariate(4, 1), at - timedelta(days=60) + timedelta(hours=hour)
            moving = Moving(when, amount, "transfer:online", account.opened_on, 100_000.0, 7)
            rows.append(features(habit, moving, NO_NORMS))
            learn(habit, moving, rows[-1])
        habits += [
            AccountHabit(
                account=account.ledger_account,
                customer_id=account.customer_id,
                is_incoming=is_incoming,
                opened_on=account.opened_on,
                state=habit.state(),
            )
            for is_incoming in (False, True)
        ]
    AccountHabit.objects.bulk_create(habits)
    seen = matrix(rows)
    times, nine = (isolation_forest(seen[:, columns], seed=1) for columns in (TIMES_COLUMNS, NINE_COLUMNS))
    scores = combined(times.scores(seen[:, TIMES_COLUMNS]), nine.scores(seen[:, NINE_COLUMNS]))
    trained = Trained(
        since=at - timedelta(days=60),
        until=at,
        movements=len(rows),
        alerts_a_day=1,
        forest=packed([times]),
        nine=packed([nine]),
        ranker=None,
        labels=0,
        norms=NO_NORMS.plain(),
        thresholds=Scores.of(np.asarray(scores), a_day=1000).thresholds(1),
        bins=bins_of(seen, FEATURES),
        measures={},
    )
    keep_model(trained=trained, by=None, at=at)


def _posted(bank: Any, count: int, *, judged: bool) -> float:
    """Seconds for each of so many transfers, each in a transaction of its own."""
    from django.db import transaction

    from portal.base.clock import now
    from portal.base.keys import new_key
    from portal.base.money import Money
    from portal.deposits.services.judged import post_judged
    from portal.ledger.models import EntryKind
    from portal.ledger.services import NewEntry, credit, debit, post

    chance, amount = Random(5), Money(2_500, bank.accounts[0].currency)  # noqa: S311 - who pays whom
    begun = time.perf_counter()
    for _ in range(count):
        source, target = chance.sample(bank.accounts, 2)
        lines = [debit(source.ledger_account, amount), credit(target.ledger_account, amount)]
        entry = NewEntry(kind=EntryKind.TRANSFER, branch=bank.branch, lines=lines, key=new_key(), channel="online")
        with transaction.atomic():
            if judged:
                post_judged(entry, account=source, amount=amount, target=target, is_proved=True, by=None, at=now())
            else:
                post(entry, by=None, at=now())
    return (time.perf_counter() - begun) / count


# A long past ---------------------------------------------------------------------------------------------------


def _past(ground: Ground, quick: bool) -> list[Figure]:
    """Years of journal, scored by the very job that the page of the model asks for; every score is kept."""
    accounts, each = (20, 500) if quick else (1_000, 1_000)
    with ground.fresh("fraud_past") as database:
        from deploy.bench import history
        from deploy.bench.bank import NOW, OPENED_ON, make_bank
        from portal.fraud.models import ScoredMovement
        from portal.fraud.services.models import ask_for_analysis
        from tasks import analysis

        bank = make_bank(accounts)
        history.build(ground, database, [account.pk for account in bank.ledger_accounts], each=each)
        _learn(bank, accounts=50)
        since = datetime.combine(OPENED_ON, datetime.min.time(), UTC)
        job = ask_for_analysis(since=since, until=NOW, with_alerts=False, by=None, at=NOW)
        peaks: list[tuple[float, float]] = []
        begun = time.perf_counter()
        analysis.run(job, at=NOW, progress=lambda done, total, text="": peaks.append((done / (total or 1), peak_mb())))
        seconds, scored = time.perf_counter() - begun, ScoredMovement.objects.count()
    early = next(peak for part, peak in peaks if part >= TENTH)
    grown = peak_mb() - early
    return [
        Figure(f"{scored:,} past movements scored and kept by the job", f"{scored / seconds:,.0f} a second"),
        Figure("– memory it grew by, after the first tenth", f"{grown:.0f} MB", "", "", "≤ 20 MB", grown <= 20),
    ]
