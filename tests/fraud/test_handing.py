"""A case handed to a colleague, and a case on paper."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from portal.base.errors import Refused
from portal.fraud.models import Case, CaseEvent
from portal.fraud.papers import case_pdf
from portal.fraud.services import cases
from portal.notifications.models import Notice
from portal.outbox.models import Job
from portal.people.models import CustomerView
from tests.access.fraud import fraud_things
from tests.cast import NOW, Cast
from tests.fraud.test_pages import ClientFor

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    return Case.objects.get(number=fraud_things(cast.ama_savings, cast.ama_user)["case_number"])


def test_a_case_is_handed_over_with_a_word_and_the_colleague_is_told(
    cast: Cast, client_for: ClientFor, case: Case
) -> None:
    values = {"to": cast.operations_manager.pk, "why": "Knows her brother", "version": case.version}
    answer = client_for(cast.manager).post(reverse("fraud_case_assign", args=[case.number]), values)
    case.refresh_from_db()
    assert (answer.status_code, case.assigned_to) == (303, cast.operations_manager)
    assert "Knows her brother" in CaseEvent.objects.get(kind="assigned").text
    assert Notice.objects.get(kind="fraud.case").user == cast.operations_manager


def test_it_is_not_handed_to_who_may_not_decide_it(cast: Cast, case: Case) -> None:
    for other in (cast.rival_manager, cast.cashier, cast.auditor):
        with pytest.raises(Refused, match="may not decide"):
            cases.assign(case=case, to=other, by=cast.manager, at=NOW)


def test_handing_over_what_changed_meanwhile_is_refused(cast: Cast, client_for: ClientFor, case: Case) -> None:
    values = {"to": cast.operations_manager.pk, "version": case.version - 1}
    assert client_for(cast.manager).post(reverse("fraud_case_assign", args=[case.number]), values).status_code == 409


def test_a_case_on_paper_says_why_and_what_was_done(cast: Cast, case: Case) -> None:
    plan = case_pdf(by=cast.auditor, at=NOW, case=case.number)
    text = render_to_string(plan.template, {**plan.context, "title": plan.title, "issued_at": NOW})
    assert all(words in text for words in ("The hour", "08:00 to 18:00", "Case opened", "Not decided yet"))
    assert CustomerView.objects.filter(customer=cast.ama, viewer=cast.auditor).exists()


def test_a_paper_is_made_for_whoever_may_look_only(cast: Cast, client_for: ClientFor, case: Case) -> None:
    with pytest.raises(Case.DoesNotExist):
        case_pdf(by=cast.rival_manager, at=NOW, case=case.number)
    client_for(cast.manager).post(reverse("fraud_case_paper", args=[case.number]))
    assert Job.objects.get(kind="document.render").payload["args"] == {"case": case.number}
