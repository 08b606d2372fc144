"""The card of a rule: what it says, what each version changed, what came of it; on the page and on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from portal.approvals.models import Request
from portal.base.errors import Refused
from portal.fraud.models import Case, Verdict
from portal.fraud.papers import rule_pdf
from portal.fraud.rulebook import card_of
from portal.fraud.services import cases
from portal.outbox.models import Job
from tests.cast import NOW, TODAY, Cast
from tests.fraud.test_gate import rule, send
from tests.fraud.test_pages import ClientFor

pytestmark = pytest.mark.django_db


def test_a_version_tells_what_it_changed_and_nothing_else(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=20)
    rule(Verdict.HOLD, weight=20, least="75.00")
    card = card_of("test", at=NOW)
    assert card is not None
    assert [(each.label, each.before, each.after) for each in card.versions[0].changes] == [
        ("Looks at", "An amount, from GHS 50.00 on", "An amount, from GHS 75.00 on"),
        ("Does", "Allow", "Hold for review"),
    ]
    assert card.versions[1].changes == []


def test_the_card_shows_what_is_in_force_and_names_what_is_to_come(cast: Cast, client_for: ClientFor) -> None:
    rule(Verdict.ALLOW, weight=20)
    rule(Verdict.REJECT, weight=20, effective_from=TODAY + timedelta(days=9))
    card = card_of("test", at=NOW)
    assert card is not None
    assert (card.rule.verdict, [each.verdict for each in card.coming]) == (Verdict.ALLOW, [Verdict.REJECT])
    page = client_for(cast.auditor).get(reverse("fraud_rules")).content.decode()
    assert "30 Nov 2026" in page


def test_it_says_how_often_it_stood_behind_an_alert_and_how_often_it_was_right(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    send(cast)
    cases.decide(case=Case.objects.get(), outcome="fraud", reason="scam", note="He called", by=cast.manager, at=NOW)
    card = card_of("test", at=NOW)
    assert card is not None
    assert (card.alerts, card.decided, card.fraud) == (2, 2, 2)


def test_the_card_goes_onto_paper_for_whoever_may_read_rules(cast: Cast, client_for: ClientFor) -> None:
    rule(Verdict.HOLD, weight=20)
    plan = rule_pdf(by=cast.auditor, at=NOW, rule="test")
    text = render_to_string(plan.template, {**plan.context, "title": plan.title, "issued_at": NOW})
    assert all(words in text for words in ("An amount, from GHS 50.00 on", "Hold for review", "The first version"))
    with pytest.raises(Refused):
        rule_pdf(by=cast.cashier, at=NOW, rule="test")
    client_for(cast.manager).post(reverse("fraud_rule_paper", args=["test"]))
    assert Job.objects.get(kind="document.render").payload["args"] == {"rule": "test"}


def test_a_number_within_near_bounds_has_a_slider_and_is_sent_by_itself(cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.operations_manager).get(reverse("fraud_rule", args=["emptied"])).content.decode()
    assert page.count('type="range"') == 2
    assert 'data-twin="id_percent"' in page
    assert page.count('name="percent"') == 1


def test_the_approver_reads_every_line_of_the_rule(cast: Cast, client_for: ClientFor) -> None:
    values = {"name": "Large", "amount_minor": "100.00", "verdict": "0", "weight": "40", "reason": "Noise"}
    url = reverse("fraud_rule", args=["large"])
    client_for(cast.operations_manager).post(
        url, values | {"effective_from": "2099-01-01", "channel": "online", "ask": "1"}
    )
    asked = Request.objects.get(act="fraud_rule")
    page = client_for(cast.administrator).get(reverse("approval", args=[asked.pk])).content.decode()
    assert all(words in page for words in ("Channel", "Online", "Begins", "1 January 2099", "State"))
