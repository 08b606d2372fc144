"""Seeing another's pages: to look only, told and written down, over by itself; never members, money or keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.administration.view_as import BEGUN, ENDED, LOOKED, SHOWN
from portal.audit.models import Event
from portal.outbox.models import Job
from portal.people.models import User
from tests.access.test_grants import MOVES_MONEY
from tests.cast import NOW, Cast

ClientFor = Callable[..., Client]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


@pytest.fixture
def looking(cast: Cast, client_for: ClientFor, clock: Any) -> Client:
    client = client_for(cast.administrator)
    assert client.post(reverse("view_as", args=[cast.manager.pk]), {"reason": "She sees no vault"}).status_code == 303
    return client


def test_the_pages_are_theirs_under_a_banner(cast: Cast, looking: Client) -> None:
    body = looking.get(reverse("home")).content.decode()
    assert f"You see the pages of {cast.manager}" in body
    assert reverse("vault") in body
    assert looking.get(reverse("vault")).status_code == 200


def test_nothing_can_be_sent(looking: Client) -> None:
    for name in ("vault_hand_out", "vault_count", "branch_add", "policy_ask", "balances_set"):
        assert looking.post(reverse(name), {}).status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "customer_list",
        "my_data",
        "factor_list",
        "recovery_codes",
        "attempt_list",
        "approvals",
        "audit_trail",
        "journal_export",
        "trial_balance_csv",
        "session_list",
    ],
)
def test_members_keys_and_files_stay_closed(looking: Client, name: str) -> None:
    assert looking.get(reverse(name)).status_code == 403


def test_it_is_written_down_and_told(cast: Cast, looking: Client) -> None:
    looking.get(reverse("vault"))
    looking.post(reverse("view_as_end"))
    events = Event.objects.filter(subject=cast.manager.email, actor=cast.administrator)
    assert [event.verb for event in events.order_by("pk")] == [BEGUN, LOOKED, ENDED]
    assert Job.objects.filter(payload__to=cast.manager.email).count() == 1
    assert "You see the pages of" not in looking.get(reverse("home")).content.decode()


def test_it_ends_by_itself(looking: Client, clock: Any) -> None:
    clock.shift(timedelta(minutes=10))
    assert "You see the pages of" not in looking.get(reverse("home")).content.decode()


def test_it_ends_with_the_right_to_it(cast: Cast, looking: Client) -> None:
    User.objects.filter(pk=cast.administrator.pk).update(role=Role.AUDITOR)
    assert "You see the pages of" not in looking.get(reverse("home")).content.decode()


def test_neither_customers_nor_oneself(cast: Cast, client_for: ClientFor, clock: Any) -> None:
    client = client_for(cast.administrator)
    assert client.post(reverse("view_as", args=[cast.ama_user.pk]), {"reason": "x"}).status_code == 404
    assert client.post(reverse("view_as", args=[cast.administrator.pk]), {"reason": "x"}).status_code == 422


def test_what_is_shown_moves_no_money_and_is_about_no_member() -> None:
    assert not SHOWN & MOVES_MONEY
    assert not [capability for capability in SHOWN if capability.startswith(("customer_", "account_", "statement_"))]
