"""The rules of signing in: stricter only, by two people, and in force everywhere once they agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal.access import policy
from portal.access.policy import ALWAYS_PASSKEY, Policy
from portal.access.roles import Role
from portal.administration.services.policies import ask_for_large_transfer, ask_for_policy
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.clock import now
from portal.base.errors import Refused
from portal.outbox.models import Job
from portal.signin import queries
from portal.signin.models import SecurityPolicy
from portal.signin.services import set_policy
from tests.approvals.acts import asked
from tests.cast import NOW, Cast, ghs, make_customer, make_user
from tests.signin.factors import PASSWORD, give_app, type_password

ClientFor = Callable[..., Client]
STRICTER = Policy(idle_minutes=5, longest_hours=8, password_alone=20, password_with_factor=12, approval_hours=24)


@pytest.fixture
def at_noon() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def in_force(cast: Cast, wanted: Policy) -> None:
    set_policy(wanted=wanted, reason="Audit", approved_by=cast.operations_manager, by=cast.administrator, at=now())
    policy.forget()


def typed(wanted: Policy = STRICTER, **more: Any) -> dict[str, Any]:
    numbers = {name: getattr(wanted, name) for name in policy.BOUNDS}
    return {**numbers, "passkey_roles": sorted(wanted.passkey_roles - ALWAYS_PASSKEY), "reason": "Audit", **more}


def test_two_people_set_it_and_it_holds(cast: Cast) -> None:
    request = ask_for_policy(wanted=STRICTER, reason="Audit", by=cast.administrator, at=NOW)
    assert queries.policy_in_force() == Policy()
    decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
    assert queries.policy_in_force() == STRICTER
    row = SecurityPolicy.objects.get()
    assert (row.asked_by, row.approved_by, row.reason) == (cast.administrator, cast.operations_manager, "Audit")


def test_nobody_approves_their_own(cast: Cast) -> None:
    request = ask_for_policy(wanted=STRICTER, reason="Audit", by=cast.administrator, at=NOW)
    with pytest.raises(Refused, match="somebody else"):
        decide(request=request, approve=True, by=cast.administrator, at=NOW)


@pytest.mark.parametrize(
    "laxer",
    [
        {"idle_minutes": 16},
        {"idle_minutes": 4},
        {"longest_hours": 13},
        {"password_alone": 14},
        {"password_with_factor": 7},
        {"approval_hours": 73},
        {"password_with_factor": 30},
        {"passkey_roles": frozenset({Role.ADMINISTRATOR})},
        {"passkey_roles": ALWAYS_PASSKEY | {Role.CUSTOMER}},
    ],
)
def test_nothing_laxer_and_nothing_odd(cast: Cast, laxer: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        in_force(cast, replace(Policy(), **laxer))
    assert not SecurityPolicy.objects.exists()


def test_the_database_refuses_what_is_laxer_too(cast: Cast) -> None:
    values = typed(replace(STRICTER, idle_minutes=60))
    people = {"asked_by": cast.administrator, "approved_by": cast.operations_manager, "at": NOW}
    with pytest.raises(DatabaseError, match="signin_policy_idle_minutes"), transaction.atomic():
        SecurityPolicy.objects.create(**values, **people)


def test_a_row_is_never_rewritten(cast: Cast) -> None:
    in_force(cast, STRICTER)
    with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
        SecurityPolicy.objects.update(idle_minutes=15)


def test_a_session_ends_as_the_policy_says(cast: Cast, client_for: ClientFor, at_noon: Any) -> None:
    in_force(cast, STRICTER)
    client = client_for(cast.auditor)
    at_noon.shift(timedelta(minutes=4, seconds=59))
    assert client.get(reverse("profile")).status_code == 200
    at_noon.shift(timedelta(minutes=5))
    assert client.get(reverse("profile")).status_code == 302


def test_a_session_from_before_ends_by_the_new_rules(cast: Cast, client_for: ClientFor, at_noon: Any) -> None:
    client = client_for(cast.auditor)
    at_noon.shift(timedelta(minutes=6))
    in_force(cast, STRICTER)
    assert client.get(reverse("profile")).status_code == 302


def test_passwords_are_as_long_as_the_policy_says(cast: Cast) -> None:
    validate_password("market women count", cast.cashier)
    in_force(cast, STRICTER)
    with pytest.raises(ValidationError, match="It takes 20 or more"):
        validate_password("market women count", cast.cashier)


def test_a_role_that_needs_a_passkey_is_led_to_one(cast: Cast, client: Client) -> None:
    cashier = make_user(Role.CASHIER, "Key Less", branch=cast.north, password=PASSWORD)
    give_app(cashier)
    assert queries.missing_for(cashier) == []
    in_force(cast, replace(Policy(), passkey_roles=ALWAYS_PASSKEY | {Role.CASHIER}))
    assert queries.missing_for(cashier) == [queries.PASSKEY]


def test_requests_wait_as_long_as_the_policy_says(cast: Cast) -> None:
    in_force(cast, STRICTER)
    assert asked(cast).expires_at == NOW + timedelta(hours=24)


def test_a_mail_at_each_sign_in(cast: Cast, client: Client) -> None:
    in_force(cast, replace(Policy(), tells_every_sign_in=True))
    member = make_user(Role.CUSTOMER, "Told Often", customer=make_customer("Told Often", cast.north), password=PASSWORD)
    for _ in range(2):
        client.post(reverse("account_logout"))
        type_password(client, member)
    assert Job.objects.filter(payload__subject="You signed in").count() == 2


def test_who_is_affected_is_shown_before_anything_is_asked(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.administrator)
    body = client.post(reverse("policy_ask"), typed(passkey_roles=[Role.CASHIER.value])).content.decode()
    assert cast.cashier.full_name in body
    assert "Who is affected" in body
    assert not waiting()
    assert client.post(reverse("policy_ask"), typed(ask="1")).status_code == 303
    assert waiting() == 1


def waiting() -> int:
    return Request.objects.count()


def test_what_is_laxer_is_refused_beside_its_field(cast: Cast, client_for: ClientFor) -> None:
    answer = client_for(cast.administrator).post(reverse("policy_ask"), typed(idle_minutes=60, ask="1"))
    assert answer.status_code == 422
    assert waiting() == 0


def test_from_where_a_transfer_is_large_needs_two_people(cast: Cast) -> None:
    request = ask_for_large_transfer(amount=ghs("200.00"), reason="Fraud", by=cast.administrator, at=NOW)
    assert queries.large_transfer_from("GHS") == ghs("1000.00")
    decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
    assert queries.large_transfer_from("GHS") == ghs("200.00")
