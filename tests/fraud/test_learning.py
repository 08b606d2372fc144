"""Learning from the journal: the same features as at the gate, levels cut for a number of alerts, rules tried on the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.services import transfer
from portal.fraud.calibration import Scores, bins_of, drift
from portal.fraud.habits import Habit, Moving, features
from portal.fraud.models import AccountHabit, Alert, Case, Level, ModelVersion, ScoredMovement, Verdict
from portal.fraud.norms import NO_NORMS
from portal.fraud.queries.force import force_now
from portal.fraud.services import cases
from portal.fraud.services.models import put_in_force
from portal.fraud.services.rules import ask_for_backtest
from tasks import fraud
from tasks.analysis import analyse, raise_past
from tasks.learning import past
from tests.cast import NOW, TODAY, Cast, ghs
from tests.fraud.test_gate import rule, send

pytestmark = pytest.mark.django_db


def lived(cast: Cast, count: int) -> None:
    for number in range(count):
        amount = ghs(f"{1 + number % 7}.00")
        at = NOW - timedelta(days=60) + timedelta(hours=7 * number)
        transfer(
            source=cast.ama_savings, target=cast.kofi_savings, amount=amount, key=new_key(), by=cast.ama_user, at=at
        )


def quietly(done: int, total: int, text: str = "") -> None:
    """Nobody watches the progress here."""


def test_the_past_read_again_is_what_the_gate_saw(cast: Cast) -> None:
    lived(cast, 12)
    seen = {row.entry_id: row.figures for row in ScoredMovement.objects.all()}
    again = {each.watched.entry_id: each.figures for each in past(NO_NORMS) if each.watched.entry_id in seen}
    assert len(again) == 12
    for entry_id, figures in again.items():
        assert {name: round(value, 6) for name, value in figures.items()} == seen[entry_id]


def test_habits_written_from_the_past_are_those_the_gate_keeps(cast: Cast) -> None:
    lived(cast, 5)
    before = {habit.pk: habit.state for habit in AccountHabit.objects.all()}
    list(past(NO_NORMS, keep_habits=True))
    assert {habit.pk: habit.state for habit in AccountHabit.objects.all()} == before


def test_who_is_paid_learns_from_it_and_is_not_scored(cast: Cast) -> None:
    lived(cast, 5)
    paid = AccountHabit.objects.get(account=cast.kofi_savings.ledger_account, is_incoming=True)
    assert (paid.state["movements"], paid.state["peers"]) == (5, [cast.ama_savings.ledger_account_id])
    assert not ScoredMovement.objects.filter(account=cast.kofi_savings.ledger_account).exists()
    assert len([each for each in past(NO_NORMS) if each.watched.kind == "transfer:online"]) == 5


def test_too_little_is_not_learned_from(cast: Cast) -> None:
    with pytest.raises(Refused, match="too few"):
        fraud.train(alerts_a_day=5, by=None, at=NOW)


def test_trained_it_scores_every_movement_and_can_be_rolled_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 20)
    # Cut from twenty movements, a fifth of one alert a day is many.
    rule(Verdict.ALLOW, code="model-critical", condition="model", parameters={"level": 3}, is_on=False)
    first = fraud.train(alerts_a_day=1, by=None, at=NOW)
    second = fraud.train(alerts_a_day=2, by=None, at=NOW)
    row = ScoredMovement.objects.get(entry=send(cast, "1.00").entry_id)
    assert (row.version_id, row.score_millionths is not None) == (second.pk, True)
    put_in_force(version=first, why="Too many alerts", by=cast.administrator, at=NOW)
    scorer = force_now(TODAY).scorer
    assert scorer is not None
    assert scorer.version_id == first.pk


def test_a_trained_models_alert_gives_shares_of_its_score(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 20)
    fraud.train(alerts_a_day=1, by=None, at=NOW)
    scorer = force_now(TODAY).scorer
    assert scorer is not None
    shares = scorer.shares(ScoredMovement.objects.latest("entry_id").figures)
    assert 95 <= sum(shares.values()) <= 105


def test_a_ranker_that_has_learned_orders_what_is_open_already(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, least in (("LEAST_MOVEMENTS", 10), ("LEAST_LABELS", 1)):
        monkeypatch.setattr(fraud, name, least)
    lived(cast, 20)
    rule(Verdict.ALLOW, least="1.00", weight=60)
    for amount in ("5.00", "6.00", "8.00"):
        send(cast, amount)
    cases.decide(case=Case.objects.get(), outcome="fraud", reason="scam", note="He called", by=cast.manager, at=NOW)
    send(cast, "7.00")
    waiting = Case.objects.get(state="open")
    assert waiting.rank_millionths is None
    fraud.train(alerts_a_day=1, by=None, at=NOW + timedelta(minutes=1))
    waiting.refresh_from_db()
    assert waiting.rank_millionths is not None


def test_an_absurd_amount_is_critical_and_is_scored_the_same_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 90)
    fraud.train(alerts_a_day=1, by=None, at=NOW)
    scorer = force_now(TODAY).scorer
    assert scorer is not None
    source = cast.ama_savings.ledger_account
    habit = Habit.from_state(AccountHabit.objects.get(account=source, is_incoming=False).state)
    absurd = Moving(at=NOW, amount=99_999_999.0, kind="transfer:online", opened_on=TODAY, balance=1_000.0, peer=1)
    found = features(habit, absurd, scorer.norms)
    assert scorer.score(found) == scorer.score(found)
    assert scorer.level(scorer.score(found)) == Level.CRITICAL


def test_levels_are_cut_for_a_number_of_alerts() -> None:
    scores = np.random.default_rng(1).random(10_000)
    cuts = Scores.of(scores, a_day=1_000).thresholds(10)
    assert int((scores * 1e6 >= cuts["high"]).sum()) == pytest.approx(100, abs=5)
    assert cuts["medium"] < cuts["high"] < cuts["critical"]


def test_drift_is_nothing_for_the_same_and_much_for_another_population() -> None:
    rows = np.random.default_rng(1).normal(size=(2_000, 1))
    bins = bins_of(rows, ["x"])
    assert drift(bins, [{"x": float(value)} for value in rows[:, 0]])["x"] < 0.01
    assert drift(bins, [{"x": float(value) + 3} for value in rows[:, 0]])["x"] > 0.25


def test_a_trial_says_how_often_a_rule_would_have_spoken(cast: Cast) -> None:
    lived(cast, 14)
    plain: dict[str, Any] = {
        "code": "large",
        "name": "Large",
        "condition": "amount",
        "parameters": {"amount_minor": 600},
        "channel": "",
        "on_incoming": 0,
        "weight": 10,
        "verdict": int(Verdict.ALLOW),
    }
    job = ask_for_backtest(rule=plain, key="k", by=cast.operations_manager, at=NOW)
    result = fraud.run_backtest(job, at=NOW, progress=quietly)
    assert (result["seen"], result["fired"], result["is_wide"]) == (14, 4, True)


@pytest.mark.django_db(transaction=True)
def test_alerts_of_the_past_are_raised_once_and_in_order(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the worker does it: outside of any transaction."""
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 20)
    # No rule spoke when it was lived: nobody was told of anything yet.
    assert not Alert.objects.exists()
    fraud.train(alerts_a_day=1, by=None, at=NOW)
    _, standing = analyse(since=NOW - timedelta(days=90), until=NOW)
    moments: list[datetime] = []
    assert raise_past(standing, until=NOW, before_each=moments.append) == len(standing) > 0
    assert moments == sorted(moments)
    assert raise_past(standing, until=NOW) == 0


def test_a_period_is_analysed_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 20)
    fraud.train(alerts_a_day=1, by=None, at=NOW)
    before = ScoredMovement.objects.count()
    counts, _ = analyse(since=NOW - timedelta(days=90), until=NOW)
    assert sum(counts.values()) >= 20
    assert ScoredMovement.objects.count() == before
    assert ModelVersion.objects.count() == 1
