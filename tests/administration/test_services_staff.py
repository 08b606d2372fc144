"""Inviting, suspending and moving people, and what nobody may do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.administration.models import RoleChange, Suspension
from portal.administration.services import (
    accept_invitation,
    ask_for_role,
    demand_password,
    reinstate,
    send_again,
    suspend,
    withdraw_invitation,
)
from portal.administration.services.bounds import ask_for_ceiling, ask_for_limit
from portal.approvals.limits import OverLimit, check_within, limit_of
from portal.approvals.services import decide
from portal.audit.models import Event
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.people.models import User
from portal.signin.pages.views import WHY
from portal.signin.services import begin_session
from tests.administration.working import invited, token_of
from tests.cast import TODAY, Cast, ghs, make_user

PASSWORD = "seven small boats at dawn"
ClientFor = Callable[..., Client]
pytestmark = pytest.mark.django_db


def code(act: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        act(**({"at": now()} | options))
    return caught.value.code


def test_whoever_is_invited_chooses_the_password_once(cast: Cast) -> None:
    invitation = invited(cast)
    token = token_of(invitation)
    user = accept_invitation(token=token, password=PASSWORD, at=now())
    assert (user.role, user.branch, user.check_password(PASSWORD)) == (Role.CASHIER, cast.north, True)
    assert code(accept_invitation, token=token, password=PASSWORD) == "link"


def test_the_link_is_kept_as_a_hash_only(cast: Cast) -> None:
    invitation = invited(cast)
    assert token_of(invitation) not in str(vars(invitation))


def test_an_expired_a_withdrawn_and_a_replaced_link_are_void(cast: Cast) -> None:
    late, back, again = invited(cast, "late"), invited(cast, "back"), invited(cast, "again")
    tokens = [token_of(each) for each in (late, back, again)]
    withdraw_invitation(invitation=back, by=cast.administrator, at=now())
    send_again(invitation=again, address="https://bank.example/invitation/", by=cast.administrator, at=now())
    assert code(accept_invitation, token=tokens[0], password=PASSWORD, at=late.expires_at) == "link"
    assert [code(accept_invitation, token=token, password=PASSWORD) for token in tokens[1:]] == ["link", "link"]
    assert accept_invitation(token=token_of(again), password=PASSWORD, at=now()).email == "again@example.org"


def test_a_weak_password_makes_nobody(cast: Cast) -> None:
    assert code(accept_invitation, token=token_of(invited(cast)), password="password") == "password"
    assert not User.objects.filter(email="north@example.org").exists()


def test_an_address_is_invited_once_and_never_somebodys(cast: Cast) -> None:
    invited(cast)
    with pytest.raises(Refused, match="invited already"):
        invited(cast)
    User.objects.filter(pk=cast.cashier.pk).update(email="taken@example.org")
    with pytest.raises(Refused, match="has this address"):
        invited(cast, "taken")


def test_who_is_suspended_is_out_at_once(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    assert client.get(reverse("home")).status_code == 200
    suspend(user=cast.cashier, reason="Under inquiry", by=cast.administrator, at=now())
    assert client.get(reverse("home")).status_code == 302
    reinstate(user=cast.cashier, reason="Cleared", by=cast.administrator, at=now())
    assert client.get(reverse("home")).status_code == 302
    assert client_for(User.objects.get(pk=cast.cashier.pk)).get(reverse("home")).status_code == 200
    assert Suspension.objects.get().ended_reason == "Cleared"


def test_nobody_suspends_themselves_or_without_a_reason(cast: Cast) -> None:
    make_user(Role.ADMINISTRATOR, "Second Administrator")
    assert code(suspend, user=cast.administrator, reason="x", by=cast.administrator) == "oneself"
    assert code(suspend, user=cast.cashier, reason=" ", by=cast.administrator) == "reason"


def test_the_last_administrator_stays(cast: Cast) -> None:
    second = make_user(Role.ADMINISTRATOR, "Second Administrator")
    suspend(user=second, reason="Left", by=cast.administrator, at=now())
    assert code(suspend, user=cast.administrator, reason="x", by=second) == "last_administrator"
    options = {"role": Role.AUDITOR, "branch": None, "reason": "x", "by": cast.administrator}
    assert code(ask_for_role, user=second, **options) == "suspended"


def test_another_role_takes_a_second_person_and_ends_sessions(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    options = {"user": cast.cashier, "role": Role.MANAGER, "branch": cast.south, "reason": "Promoted"}
    request = ask_for_role(**options, by=cast.administrator, at=now())  # type: ignore[arg-type]
    cast.cashier.refresh_from_db()
    assert cast.cashier.role == Role.CASHIER
    with pytest.raises(Refused, match="asked for this yourself"):
        decide(request=request, approve=True, by=cast.administrator, at=now())
    decide(request=request, approve=True, by=cast.operations_manager, at=now())
    cast.cashier.refresh_from_db()
    assert (cast.cashier.role, cast.cashier.branch) == (Role.MANAGER, cast.south)
    assert client.get(reverse("home")).status_code == 302
    change = RoleChange.objects.get()
    assert (change.asked_by, change.approved_by) == (cast.administrator, cast.operations_manager)
    assert Event.objects.filter(verb="role or branch changed", subject=cast.cashier.email).exists()


def test_nobody_asks_for_or_approves_their_own_role(cast: Cast) -> None:
    second = make_user(Role.ADMINISTRATOR, "Second Administrator")
    options: dict[str, Any] = {"role": Role.AUDITOR, "branch": None, "reason": "x"}
    assert code(ask_for_role, user=cast.administrator, by=cast.administrator, **options) == "own_account"
    request = ask_for_role(user=second, by=cast.administrator, at=now(), **options)
    assert code(decide, request=request, approve=True, by=second) == "own_account"


def test_only_who_manages_people_asks(cast: Cast) -> None:
    options: dict[str, Any] = {"role": Role.AUDITOR, "branch": None, "reason": "x"}
    assert code(ask_for_role, user=cast.cashier, by=cast.operations_manager, **options) == "may_not_ask"


def test_a_demanded_password_ends_sessions(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.cashier)
    demand_password(user=cast.cashier, reason="Seen on a note", by=cast.administrator, at=now())
    cast.cashier.refresh_from_db()
    assert cast.cashier.must_change_password
    assert client.get(reverse("home")).status_code == 302


def test_a_ceiling_holds_once_it_is_approved(cast: Cast) -> None:
    options: dict[str, Any] = {"user": cast.cashier, "capability": Capability.CASH_PAY, "day": now().date()}
    request = ask_for_ceiling(
        role=Role.CASHIER,
        capability=Capability.CASH_PAY,
        amount=ghs("500.00"),
        currency="GHS",
        reason="Robberies",
        by=cast.operations_manager,
        at=now(),
    )
    check_within(**options, amount=ghs("500.01"))
    decide(request=request, approve=True, by=cast.administrator, at=now())
    check_within(**options, amount=ghs("500.00"))
    with pytest.raises(OverLimit):
        check_within(**options, amount=ghs("500.01"))


def test_a_daily_limit_is_asked_for_and_approved_by_others(cast: Cast) -> None:
    options: dict[str, Any] = {"capability": Capability.CASH_PAY, "amount": ghs("0.00"), "currency": "GHS"}
    request = ask_for_limit(user=cast.cashier, **options, reason="New", by=cast.operations_manager, at=now())
    decide(request=request, approve=True, by=cast.administrator, at=now())
    assert limit_of(cast.cashier, Capability.CASH_PAY, on=max(TODAY, now().date())) == ghs("0.00")
    assert code(ask_for_limit, user=cast.auditor, **options, reason="x", by=cast.operations_manager) == "capability"


def test_a_request_that_waited_four_days_is_gone(cast: Cast) -> None:
    options: dict[str, Any] = {"role": Role.MANAGER, "branch": cast.north, "reason": "x"}
    request = ask_for_role(user=cast.cashier, by=cast.administrator, at=now() - timedelta(days=4), **options)
    assert code(decide, request=request, approve=True, by=cast.operations_manager) == "expired"


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_suspend_each_other_at_once_leave_one(cast: Cast) -> None:
    second = make_user(Role.ADMINISTRATOR, "Second Administrator")
    pairs = [(cast.administrator, second), (second, cast.administrator)]
    together = Barrier(2)

    def attempt(by: User, user: User) -> str:
        try:
            together.wait(10)
            suspend(user=user, reason="Quarrel", by=by, at=now())
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(future.result() for future in [pool.submit(attempt, *pair) for pair in pairs])
    assert told == ["done", "last_administrator"]
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def put_out(cast: Cast, act: Callable[[], Any]) -> str:
    """Why the cashier's session is over after an act."""
    earlier = now() - timedelta(minutes=1)
    began = begin_session(user=cast.cashier, key=new_key()[:32], visit=None, is_shared=False, at=earlier)
    act()
    began.refresh_from_db()
    return began.ended_because


def test_whoever_is_put_out_reads_why(cast: Cast) -> None:
    given: dict[str, Any] = {"reason": "Asked for", "by": cast.administrator, "at": now()}
    request = ask_for_role(user=cast.cashier, role=Role.CASHIER, branch=cast.south, **given)
    approving: dict[str, Any] = {"request": request, "approve": True, "by": cast.operations_manager, "at": now()}
    reasons = [
        put_out(cast, lambda: demand_password(user=cast.cashier, **given)),
        put_out(cast, lambda: decide(**approving)),
        put_out(cast, lambda: suspend(user=cast.cashier, **given)),
    ]
    assert reasons == ["demanded", "branch", "suspended"]
    assert set(reasons) <= WHY.keys()
