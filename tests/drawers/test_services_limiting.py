"""Other limits for a drawer: one person asks, another decides, and only then they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.audit.models import Event
from portal.base.errors import Refused
from portal.drawers.models import Drawer
from portal.drawers.services.limiting import LIMITS, ask_for_limits
from tests.cast import NOW, Cast

ClientFor = Callable[..., Client]


def held(drawer: Drawer) -> dict[str, int]:
    found = Drawer.objects.get(pk=drawer.pk)
    return {name: getattr(found, name) for name in LIMITS}


def ask(cast: Cast, changes: dict[str, int], **more: Any) -> Request:
    given: dict[str, Any] = {"drawer": cast.drawer, "limits": held(cast.drawer) | changes, "reason": "Market week"}
    return ask_for_limits(**given | {"by": cast.operations_manager, "at": NOW} | more)


def test_limits_hold_once_somebody_else_approved(cast: Cast) -> None:
    before = held(cast.drawer)
    asked = ask(cast, {"tolerance_minor": 777})
    assert held(cast.drawer) == before
    decide(request=asked, approve=True, by=cast.administrator, at=NOW)
    assert held(cast.drawer) == before | {"tolerance_minor": 777}
    assert Event.objects.get(verb="drawer limits changed").detail["changed"] == {
        "tolerance_minor": [before["tolerance_minor"], 777]
    }


@pytest.mark.parametrize("who", ["operations_manager", "manager", "cashier", "auditor"])
def test_who_asked_and_who_may_not_decide_nothing(cast: Cast, who: str) -> None:
    before, asked = held(cast.drawer), ask(cast, {"tolerance_minor": 777})
    with pytest.raises(Refused):
        decide(request=asked, approve=True, by=getattr(cast, who), at=NOW)
    assert held(cast.drawer) == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "already"),
        ({"tolerance_minor": -1}, "not below 0"),
        ({"cash_limit_minor": 1}, "holds at least"),
        ({"reversal_limit_minor": 10**12}, "as large as that"),
    ],
)
def test_what_cannot_hold_is_refused(cast: Cast, changes: dict[str, int], says: str) -> None:
    with pytest.raises(Refused, match=says):
        ask(cast, changes)


def test_a_reason_is_needed_and_a_retired_drawer_stays_as_it_is(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why"):
        ask(cast, {"tolerance_minor": 777}, reason=" ")
    Drawer.objects.filter(pk=cast.drawer.pk).update(is_active=False)
    cast.drawer.refresh_from_db()
    with pytest.raises(Refused, match="out of use"):
        ask(cast, {"tolerance_minor": 777})


def test_the_page_shows_what_holds_and_asks(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.operations_manager), reverse("drawer_limits", args=[cast.drawer.pk])
    assert url in client.get(reverse("drawer_keeping", args=[cast.north.pk])).content.decode()
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in LIMITS} | {"reason": "Market week"}
    refusal = client.post(url, typed)
    assert refusal.status_code == 422
    assert "These are its limits already." in refusal.content.decode()
    assert client.post(url, typed | {"tolerance_minor": "7.77"}).status_code == 303
    assert Request.objects.get(act="drawer_limits").payload["limits"]["tolerance_minor"] == 777
