"""The pages: who works on what, what is refused and kept, a held transfer from the customer's side."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.pages.drafts import Draft
from portal.fraud.models import Alert, Case, HeldMovement, Verdict
from portal.outbox.models import Job
from tests.access.fraud import fraud_things
from tests.cast import NOW, Cast
from tests.fraud.test_gate import rule

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def case(cast: Cast) -> Case:
    found = fraud_things(cast.ama_savings, cast.ama_user)
    return Case.objects.get(number=found["case_number"])


def test_the_queue_shows_a_branch_its_own_cases(cast: Cast, client_for: ClientFor, case: Case) -> None:
    url = reverse("fraud_queue")
    assert cast.ama.full_name in client_for(cast.manager).get(url).content.decode()
    assert cast.ama.full_name not in client_for(cast.rival_manager).get(url).content.decode()


def test_a_case_says_why_with_value_usual_range_and_share(cast: Cast, client_for: ClientFor, case: Case) -> None:
    page = client_for(cast.manager).get(reverse("fraud_case", args=[case.number])).content.decode()
    assert all(words in page for words in ("The hour", "03:00", "08:00 to 18:00", "40 %"))


def test_triage_takes_what_was_ticked_within_reach_only(cast: Cast, client_for: ClientFor, case: Case) -> None:
    values = {"step": "assign", "case": [case.number]}
    client_for(cast.rival_manager).post(reverse("fraud_triage"), values)
    case.refresh_from_db()
    assert case.assigned_to is None
    client_for(cast.manager).post(reverse("fraud_triage"), values)
    case.refresh_from_db()
    assert case.assigned_to == cast.manager


def test_several_are_cleared_for_one_reason_but_not_what_is_held(cast: Cast, client_for: ClientFor, case: Case) -> None:
    client, values = client_for(cast.manager), {"step": "clear", "reason": "customer", "case": [case.number]}
    assert "Release or return" in client.post(reverse("fraud_triage"), values, follow=True).content.decode()
    HeldMovement.objects.update(state="returned")
    client.post(reverse("fraud_triage"), values | {"reason": "takeover"})
    case.refresh_from_db()
    assert case.is_open
    client.post(reverse("fraud_triage"), values)
    case.refresh_from_db()
    assert (case.state, case.reason, case.decided_by) == ("cleared", "customer", cast.manager)


def test_the_queue_is_narrowed_by_who_how_severe_and_what_is_held(
    cast: Cast, client_for: ClientFor, case: Case
) -> None:
    client = client_for(cast.operations_manager)

    def shown(**asked: str) -> bool:
        return f'id="row-{case.number}"' in client.get(reverse("fraud_queue"), asked).content.decode()

    found = [{"q": cast.ama.number}, {"q": "mensah"}, {"q": str(case.number)}, {"level": "2"}, {"is_held": "on"}]
    assert all(shown(**asked) for asked in [*found, {"branch": str(cast.north.pk)}])
    assert not any(shown(**asked) for asked in [{"q": "kofi"}, {"level": "3"}, {"branch": str(cast.south.pk)}])


def test_a_verdict_waits_for_what_is_held_and_loses_nothing_typed(
    cast: Cast, client_for: ClientFor, case: Case
) -> None:
    client = client_for(cast.manager)
    values = {"outcome": "fraud", "reason": "scam", "note": "He called twice", "version": case.version}
    url = reverse("fraud_case_decide", args=[case.number])
    refused = client.post(url, values)
    assert (refused.status_code, "He called twice" in refused.content.decode()) == (422, True)
    alert = Alert.objects.get(case=case)
    client.post(reverse("fraud_case_held", args=[case.number, alert.pk]), {"answer": "return"})
    case.refresh_from_db()
    assert client.post(url, values | {"version": case.version}).status_code == 303
    case.refresh_from_db()
    assert (case.state, HeldMovement.objects.get().state) == ("fraud", "returned")


def test_what_is_refused_beside_the_verdict_is_said_on_the_page(cast: Cast, client_for: ClientFor, case: Case) -> None:
    alert, client = Alert.objects.get(case=case), client_for(cast.manager)
    url = reverse("fraud_case_freeze", args=[case.number, alert.pk])
    assert "Say why the account is frozen" in client.post(url).content.decode()
    assert client.post(url, {"why": "Stolen phone"}).status_code == 303
    again = client.post(url, {"why": "Stolen phone"})
    assert (again.status_code, "There is a problem" in again.content.decode()) == (422, True)
    assert "is frozen or closed" in again.content.decode()


def test_a_decided_case_answers_409_to_whoever_is_late(cast: Cast, client_for: ClientFor, case: Case) -> None:
    HeldMovement.objects.update(state="returned")
    values = {"outcome": "cleared", "reason": "customer", "version": case.version}
    url = reverse("fraud_case_decide", args=[case.number])
    assert client_for(cast.manager).post(url, values).status_code == 303
    assert client_for(cast.operations_manager).post(url, values).status_code == 409


def test_a_rule_is_tried_on_the_past_before_it_is_asked_for(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    url = reverse("fraud_rule", args=["large"])
    values = {
        "name": "Large amount",
        "amount_minor": "100.00",
        "verdict": "0",
        "weight": "40",
        "is_on": "on",
        "effective_from": "2099-01-01",
        "reason": "Too much",
    }
    assert "Try it on the last 90 days first" in client.post(url, values | {"ask": "1"}).content.decode()
    assert client.post(url, values | {"try": "1"}).status_code == 303
    job = Job.objects.get(kind="fraud.backtest")
    assert job.payload["rule"]["parameters"] == {"amount_minor": 10_000}
    job.state, job.finished_at = Job.State.DONE, NOW
    job.result = {"seen": 5_000, "fired": 212, "true": 9, "percent": "4.2", "is_wide": False}
    job.save()
    tried = f"{url}?tried={job.pk}"
    page = client.get(tried).content.decode()
    assert all(told in page for told in ("212 times on 5,000", 'value="2099-01-01"', 'value="Too much"'))
    assert re.search(r'name="on_incoming"[^>]*checked', page) is None
    assert client.post(tried, values | {"ask": "1", "amount_minor": "90.00"}).status_code == 422
    assert client.post(tried, values | {"ask": "1"}).headers["Location"] == reverse("fraud_rules")
    asked = Request.objects.get(act="fraud_rule")
    told = client_for(cast.administrator).get(reverse("approval", args=[asked.pk])).content.decode()
    assert "212 times on 5,000 movements; 9 were fraud" in told


def test_a_rule_is_switched_off_without_a_trial(cast: Cast, client_for: ClientFor) -> None:
    values = {"name": "Large", "amount_minor": "100.00", "verdict": "0", "weight": "40", "reason": "Noise"}
    url = reverse("fraud_rule", args=["large"])
    answer = client_for(cast.operations_manager).post(url, values | {"effective_from": "2099-01-01", "ask": "1"})
    assert answer.headers["Location"] == reverse("fraud_rules")


def test_the_queue_says_why_and_how_much(cast: Cast, client_for: ClientFor, case: Case) -> None:
    page = client_for(cast.manager).get(reverse("fraud_queue")).content.decode()
    assert all(words in page for words in ("The hour", "usual 08:00 to 18:00", "50.00"))


def test_the_models_page_says_when_the_rules_go_on_without_it(
    cast: Cast, client_for: ClientFor, break_model: Callable[[], None]
) -> None:
    url = reverse("fraud_model")
    assert "There is no model yet" in client_for(cast.administrator).get(url).content.decode()
    break_model()
    assert "The rules go on without it" in client_for(cast.administrator).get(url).content.decode()


def test_a_customers_held_transfer_says_that_it_waits(cast: Cast, client_for: ClientFor) -> None:
    rule(Verdict.HOLD)
    draft = Draft(cast.ama_savings, cast.kofi_savings, Money(6_000, "GHS"), "Rent")
    values: dict[str, Any] = {"draft": draft.sealed(cast.ama_user), "key": new_key()}
    answer = client_for(cast.ama_user).post("/transfers/new/send/", values, follow=True)
    assert "waits for a review" in answer.content.decode()
    assert HeldMovement.objects.get().asked_by == cast.ama_user
