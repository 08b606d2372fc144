"""An analysis of a period: one at a time, its result page, and what it tells of a period without movements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from portal.base.errors import Refused
from portal.fraud.models import Alert
from portal.fraud.services.models import ask_for_analysis, ask_for_training
from portal.outbox.models import Job
from tasks import analysis, fraud
from tests.cast import NOW, Cast
from tests.fraud.test_learning import lived, quietly
from tests.fraud.test_pages import ClientFor

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def trained(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fraud, "LEAST_MOVEMENTS", 10)
    lived(cast, 20)
    fraud.train(alerts_a_day=1, by=None, at=NOW)


def ask(cast: Cast, **values: Any) -> Job:
    told = {"since": DAY, "until": DAY + timedelta(days=7), "with_alerts": False, "by": cast.administrator, "at": NOW}
    return ask_for_analysis(**{**told, **values})


def over(job: Job, **payload: Any) -> Job:
    job.payload = {**job.payload, **payload}
    job.result = dict(analysis.run(job, at=NOW, progress=quietly))
    job.state, job.finished_at = Job.State.DONE, NOW
    job.save()
    return job


def test_asked_twice_it_is_one_analysis_and_another_waits_its_turn(cast: Cast) -> None:
    assert ask(cast) == ask(cast)
    with pytest.raises(Refused, match="under way already"):
        ask(cast, with_alerts=True)
    with pytest.raises(Refused, match="under way already"):
        ask(cast, by=cast.operations_manager)


def test_once_it_is_over_the_same_period_may_be_asked_for_again(cast: Cast) -> None:
    job = ask(cast)
    Job.objects.update(state=Job.State.FAILED, finished_at=NOW)
    assert ask(cast) != job


def test_trainings_take_turns_too(cast: Cast) -> None:
    values: dict[str, Any] = {"by": cast.administrator, "at": NOW}
    assert ask_for_training(alerts_a_day=3, **values) == ask_for_training(alerts_a_day=3, **values)
    with pytest.raises(Refused, match="under way already"):
        ask_for_training(alerts_a_day=4, **values)


def test_a_period_that_has_not_begun_or_has_no_days_is_refused(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.administrator), reverse("fraud_model_analyse")
    for since, until, words in (
        ("2099-01-01", "2099-01-02", "has not begun"),
        ("2026-11-05", "2026-11-01", "last day lies before"),
    ):
        answer = client.post(url, {"since": since, "until": until})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_the_result_says_how_many_of_each_level_and_what_stands_out(
    cast: Cast, client_for: ClientFor, trained: None
) -> None:
    job = over(ask(cast), since=(NOW - timedelta(days=90)).isoformat(), until=NOW.isoformat(), with_alerts=True)
    assert job.result is not None
    assert sum(job.result["levels"].values()) >= 20
    assert job.result["alerts"] == Alert.objects.count() > 0
    page = client_for(cast.operations_manager).get(job.result["url"]).content.decode()
    case = Alert.objects.first()
    assert case is not None
    assert all(words in page for words in ("Critical", "What stands out most", f"Case {case.case.number}"))


def test_who_trains_the_model_reads_figures_and_no_members_movement(
    cast: Cast, client_for: ClientFor, trained: None
) -> None:
    job = over(ask(cast), since=(NOW - timedelta(days=90)).isoformat(), until=NOW.isoformat())
    assert job.result is not None
    page = client_for(cast.administrator).get(job.result["url"]).content.decode()
    assert "By level" in page
    assert cast.ama_savings.ledger_account.code not in page


def test_an_empty_period_says_so(cast: Cast, client_for: ClientFor, trained: None) -> None:
    job = over(ask(cast), since="2020-01-01T00:00:00+00:00", until="2020-01-08T00:00:00+00:00")
    assert job.result is not None
    page = client_for(cast.administrator).get(job.result["url"]).content.decode()
    assert "There was no movement in this period" in page
    told = StringIO()
    call_command("train_fraud", "--since", "2020-01-01", "--until", "2020-01-07", stdout=told)
    assert "There was no movement in this period" in told.getvalue()


def test_it_tells_how_far_it_is(cast: Cast, trained: None) -> None:
    heard: list[tuple[int, int, str]] = []
    job = ask(cast)
    analysis.run(job, at=NOW, progress=lambda done, total, text="": heard.append((done, total, text)))
    done, total, text = heard[-1]
    assert (done, text) == (total, "Accounts read")
    assert [each[0] for each in heard] == sorted(each[0] for each in heard)


def test_without_a_model_there_is_nothing_to_analyse_by(cast: Cast) -> None:
    with pytest.raises(Refused, match="Train one first"):
        analysis.run(ask(cast), at=NOW, progress=quietly)
