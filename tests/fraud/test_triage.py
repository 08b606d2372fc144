"""The queue of alerts: one step on several cases, what is stale, whose work it is, and what a decided row says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.base.errors import Refused
from portal.fraud.models import Case, CaseEvent, HeldMovement, Verdict
from portal.fraud.services import cases
from portal.notifications.models import Notice
from tests.access.fraud import fraud_things
from tests.cast import NOW, Cast
from tests.fraud.test_gate import rule, send
from tests.fraud.test_pages import ClientFor

pytestmark = pytest.mark.django_db
QUEUE, TRIAGE = "fraud_queue", "fraud_triage"


@pytest.fixture
def two(cast: Cast) -> list[Case]:
    """Two open cases with nothing held."""
    for account in (cast.ama_savings, cast.kofi_savings):
        fraud_things(account, cast.ama_user)
    HeldMovement.objects.update(state=HeldMovement.State.RETURNED)
    return list(Case.objects.order_by("number"))


def numbers(found: list[Case]) -> list[str]:
    return [str(each.number) for each in found]


def test_several_are_held_for_one_reason(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    values = {"step": "hold", "why": "Both paid the same receiver", "case": numbers(two)}
    assert client_for(cast.manager).post(reverse(TRIAGE), values).status_code == 303
    assert (
        list(CaseEvent.objects.filter(kind="held").values_list("text", "by"))
        == [("Both paid the same receiver", cast.manager.pk)] * 2
    )


def test_what_changed_meanwhile_answers_409_in_words_and_stays_ticked(
    cast: Cast, client_for: ClientFor, two: list[Case]
) -> None:
    seen = {f"seen-{each.number}": each.version for each in two}
    cases.add_note(case=two[0], text="I am at it", by=cast.operations_manager, at=NOW)
    values = {"step": "clear", "reason": "customer", "case": numbers(two), **seen}
    answer = client_for(cast.manager).post(reverse(TRIAGE), values)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"Case {two[0].number} has changed meanwhile: {cast.operations_manager.full_name}" in page
    assert f'value="{two[0].number}" checked' in page
    assert list(Case.objects.order_by("number").values_list("state", flat=True)) == ["open", "cleared"]


def test_what_was_written_is_not_lost_when_nothing_was_ticked(
    cast: Cast, client_for: ClientFor, two: list[Case]
) -> None:
    answer = client_for(cast.manager).post(reverse(TRIAGE), {"step": "hold", "why": "A burst"})
    page = answer.content.decode()
    assert (answer.status_code, "Tick the cases first" in page, 'value="A burst"' in page) == (422, True, True)


def test_enter_in_a_field_decides_nothing(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    answer = client_for(cast.manager).post(reverse(TRIAGE), {"step": "", "why": "x", "case": numbers(two)})
    assert (answer.status_code, "Choose what to do" in answer.content.decode()) == (422, True)


def test_they_are_assigned_to_a_colleague_or_to_oneself(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    client = client_for(cast.manager)
    client.post(reverse(TRIAGE), {"step": "assign", "to": cast.operations_manager.pk, "case": numbers(two[:1])})
    client.post(reverse(TRIAGE), {"step": "assign", "to": "", "case": numbers(two[1:])})
    found = list(Case.objects.order_by("number").values_list("assigned_to", flat=True))
    assert found == [cast.operations_manager.pk, cast.manager.pk]


def test_one_goes_on_where_one_was_in_the_list(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    where = f"{reverse(TRIAGE)}?show=mine&level=2"
    answer = client_for(cast.manager).post(where, {"step": "escalate", "case": numbers(two[:1])})
    assert answer.headers["Location"] == f"{reverse(QUEUE)}?show=mine&level=2"


def test_what_was_put_off_is_brought_back(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    client, url = client_for(cast.manager), reverse(QUEUE)
    client.post(reverse(TRIAGE), {"step": "snooze", "case": numbers(two[:1])})
    assert f'id="row-{two[0].number}"' not in client.get(url).content.decode()
    assert "Bring back" in client.get(url, {"show": "later"}).content.decode()
    client.post(reverse(TRIAGE), {"step": "wake", "case": numbers(two[:1])})
    assert f'id="row-{two[0].number}"' in client.get(url).content.decode()


def test_put_off_on_its_page_the_next_opens(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    first, second = two
    answer = client_for(cast.manager).post(reverse("fraud_case_step", args=[first.number]), {"step": "snooze"})
    assert answer.headers["Location"] == reverse("fraud_case", args=[second.number])


def test_a_decided_row_says_who_why_and_when(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    cases.decide(case=two[0], outcome="cleared", reason="known_life", note="", by=cast.manager, at=NOW)
    page = client_for(cast.auditor).get(reverse(QUEUE), {"show": "over"}).content.decode()
    assert all(words in page for words in ("Fits what is known", str(cast.manager), "21 Nov 2026"))


def test_an_escalation_is_told_once_to_those_who_decide_everywhere(cast: Cast, two: list[Case]) -> None:
    cases.escalate(case=two[0], by=cast.manager, at=NOW)
    assert Notice.objects.get(kind="fraud.escalated").user == cast.operations_manager
    with pytest.raises(Refused, match="already"):
        cases.escalate(case=two[0], by=cast.manager, at=NOW)


def test_who_made_a_movement_of_a_case_reads_it_and_no_more(cast: Cast, client_for: ClientFor) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast, by=cast.manager)
    case = Case.objects.get()
    page = client_for(cast.manager).get(reverse("fraud_case", args=[case.number])).content.decode()
    assert "You made a movement of this case yourself" in page
    assert reverse("fraud_case_decide", args=[case.number]) not in page
    with pytest.raises(Refused, match="yourself"):
        cases.decide(case=case, outcome="cleared", reason="customer", note="", by=cast.manager, at=NOW)


def test_the_menu_says_how_many_wait(cast: Cast, client_for: ClientFor, two: list[Case]) -> None:
    client = client_for(cast.manager)
    assert "2<span" in client.get(reverse("fraud_badge")).content.decode()
    assert 'id="badge-fraud"' in client.get(reverse("fraud_rules")).content.decode()
    cases.snooze(case=two[0], by=cast.manager, at=NOW.replace(year=2099))
    assert "1<span" in client.get(reverse("fraud_badge")).content.decode()
