"""Further branches: asked for by one, approved by another, open with a chart; what is known of them changes likewise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.administration.services.branches import BranchFacts, ask_for_branch, ask_for_branch_change
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.drawers.services.keeping import add_drawer
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.proof import prove
from tests.cast import NOW, TODAY, Cast

ClientFor = Callable[..., Client]
EAST = BranchFacts("East", "1 Palm Road", "+233302000404", "Monday to Friday")


def approved(cast: Cast, request: Request) -> None:
    decide(request=request, approve=True, by=cast.operations_manager, at=NOW)


def test_a_branch_opens_with_its_books_once_a_second_person_agreed(cast: Cast) -> None:
    request = ask_for_branch(code="04", facts=EAST, reason="Growth", by=cast.administrator, at=NOW)
    assert not Branch.objects.filter(code="04").exists()
    approved(cast, request)
    east = Branch.objects.get(code="04")
    assert (east.name, east.phone, east.business_date) == ("East", EAST.phone, TODAY)
    drawer = add_drawer(branch=east, limit_minor=500, at_once_minor=100, tolerance_minor=0, by=None, at=NOW)
    assert (drawer.name, drawer.currency) == ("Drawer 1", "GHS")
    assert chart.branch_account(east.pk, chart.VAULT).code == chart.VAULT
    assert all(proof.holds for proof in prove())


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("01", "East", "code_taken"),
        ("4", "East", "code"),
        ("٠٤", "East", "code"),
        ("04", " ", "name"),
        ("04", "north", "name_taken"),
    ],
)
def test_what_is_taken_or_empty_is_refused(cast: Cast, code: str, name: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        ask_for_branch(code=code, facts=BranchFacts(name), reason="Growth", by=cast.administrator, at=NOW)
    assert refused.value.code == why


def test_another_address_waits_for_a_second_person(cast: Cast) -> None:
    facts = BranchFacts("North", "5 New Street", "", "Every day")
    request = ask_for_branch_change(branch=cast.north, facts=facts, reason="Moved", by=cast.administrator, at=NOW)
    approved(cast, request)
    cast.north.refresh_from_db()
    assert (cast.north.address, cast.north.opening_hours) == ("5 New Street", "Every day")


def test_a_change_of_nothing_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="already"):
        ask_for_branch_change(
            branch=cast.north, facts=BranchFacts("North"), reason="Why not", by=cast.administrator, at=NOW
        )


def test_the_page_asks_and_keeps_what_was_typed(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    typed: dict[str, Any] = {"code": "01", "name": "East", "address": "1 Palm Road", "reason": "Growth"}
    refused = client.post(reverse("branch_add"), typed)
    assert refused.status_code == 422
    assert "1 Palm Road" in refused.content.decode()
    assert client.post(reverse("branch_add"), typed | {"code": "04"}).status_code == 303
    assert Request.objects.get().summary == "Branch 04: East"


def test_a_manager_sees_the_own_branch_only(cast: Cast, client_for: ClientFor) -> None:
    body = client_for(cast.manager).get(reverse("branch_list")).content.decode()
    assert ("01 North" in body, "02 South" in body) == (True, False)
