"""The rule for new payees: another one is asked for, shown beforehand, approved, and holds from its day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.keys import new_key
from portal.deposits import limits, services
from portal.deposits.models import NewPayeeRule
from tests.cast import NOW, TODAY, Cast, ghs

ClientFor = Callable[..., Client]
TYPED = {"cooling_hours": "48", "per_day": "300.00", "effective_from": "2026-11-21", "reason": "Scams by telephone"}


def sent(cast: Cast, amount: str) -> None:
    services.transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs(amount),
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )


def test_it_holds_once_a_second_person_approved(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    assert client.post(reverse("new_payee_rule"), TYPED).status_code == 303
    assert not NewPayeeRule.objects.exists()
    decide(request=Request.objects.get(), approve=True, by=cast.administrator, at=NOW)
    rule = limits.new_payee_rule("GHS", TODAY)
    assert rule is not None
    assert (rule.cooling_hours, rule.per_day_minor, rule.approved_by) == (48, 30_000, cast.administrator)
    page = client_for(cast.auditor).get(reverse("limit_list")).content.decode()
    assert "Scams by telephone" in page


def test_the_preview_names_the_largest_days_and_asks_nobody(cast: Cast, client_for: ClientFor) -> None:
    sent(cast, "200.00")
    sent(cast, "150.00")
    client = client_for(cast.operations_manager)
    page = client.post(reverse("new_payee_rule"), TYPED | {"preview": "1"}).content.decode()
    assert "350.00" in page
    assert "held back" in page
    page = client.post(reverse("new_payee_rule"), TYPED | {"per_day": "350.00", "preview": "1"}).content.decode()
    assert "passes" in page
    assert not Request.objects.exists()


def test_between_ones_own_accounts_and_to_known_payees_nobody_is_new(cast: Cast) -> None:
    services.transfer(
        source=cast.ama_savings,
        target=cast.ama_current,
        amount=ghs("5.00"),
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    services.add_payee(customer=cast.ama, account=cast.kofi_savings, by=cast.ama_user, at=NOW)
    sent(cast, "10.00")
    assert limits.most_sent_to_new("GHS", TODAY, cooling_hours=0) == []
    assert [each.sent for each in limits.most_sent_to_new("GHS", TODAY, cooling_hours=24)] == [ghs("10.00")]


@pytest.mark.parametrize(
    "changes", [{"effective_from": "2026-11-20"}, {"reason": ""}, {"cooling_hours": "721"}, {"per_day": "-1"}]
)
def test_what_is_no_rule_is_refused(cast: Cast, client_for: ClientFor, changes: dict[str, str]) -> None:
    response = client_for(cast.operations_manager).post(reverse("new_payee_rule"), TYPED | changes)
    assert (response.status_code, Request.objects.count()) == (422, 0)
