"""A second person who proves at the asker's own screen who they are: what counts, what is left, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from portal.access.roles import Role
from portal.approvals.models import Decision, Request
from portal.approvals.services import Approver, approve_on_the_spot, ask, decide_on_the_spot, prove_approver
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin.models import MOST_FAILURES, AuthenticatorApp, SignInAttempt, TryCount
from portal.signin.services import make_recovery_codes
from tests.approvals.acts import NAME, asked
from tests.cast import NOW, Cast, make_user
from tests.signin.factors import PASSWORD, code_of, give_app

SAME_WORDS = "The password or the code is not right."
WRONG = "000000"


@pytest.fixture(autouse=True)
def the_tests_day() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager(cast: Cast) -> User:
    return make_user(Role.MANAGER, "Araba Spot", branch=cast.north, password=PASSWORD)


@pytest.fixture
def app(manager: User) -> AuthenticatorApp:
    return give_app(manager)


def spot(cast: Cast, request: Request, who: User, code: str, **options: Any) -> Request:
    values: dict[str, Any] = {
        "approver_email": who.email,
        "password": PASSWORD,
        "by": cast.cashier,
        "at": NOW,
    } | options
    return decide_on_the_spot(request=request, code=code, **values)


def refusal(cast: Cast, request: Request, who: User, code: str, **options: Any) -> Refused:
    """What is said; that nothing was decided is checked too."""
    with pytest.raises(Refused) as caught:
        spot(cast, request, who, code, **options)
    request.refresh_from_db()
    assert (request.state, request.decisions.count()) == (Request.State.WAITING, 0)
    return caught.value


def failures(who: User) -> int:
    row = TryCount.objects.filter(kind=TryCount.Kind.ACCOUNT_SOURCE, who=who.email).first()
    return row.failures if row else 0


def test_password_and_code_of_another_person_carry_it_out(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    done = spot(cast, asked(cast), manager, code_of(app))
    decision = Decision.objects.get(request=done)
    assert done.state == Request.State.CARRIED_OUT
    assert (decision.decided_by, decision.on_the_spot, decision.asked_by) == (manager, True, cast.cashier)
    assert failures(manager) == 0


def test_a_recovery_code_serves_too(cast: Cast, manager: User) -> None:
    code = make_recovery_codes(user=manager, by=manager, at=NOW)[0]
    assert spot(cast, asked(cast), manager, code).state == Request.State.CARRIED_OUT


def test_a_code_serves_once(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    spot(cast, asked(cast), manager, code_of(app))
    assert refusal(cast, asked(cast, phone="+233302000002"), manager, code_of(app)).message == SAME_WORDS


def test_whatever_is_wrong_sounds_the_same(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    request, suspended = (
        asked(cast),
        make_user(Role.MANAGER, "Gone", branch=cast.north, password=PASSWORD, is_active=False),
    )
    said = {
        refusal(cast, request, manager, WRONG).message,
        refusal(cast, request, manager, code_of(app), password="not the password").message,
        refusal(cast, request, manager, code_of(app), approver_email="nobody@example.org").message,
        refusal(cast, request, suspended, code_of(give_app(suspended))).message,
        refusal(cast, request, make_user(Role.MANAGER, "Bare", branch=cast.north, password=PASSWORD), WRONG).message,
    }
    assert said == {SAME_WORDS}


def test_failures_count_like_failed_sign_ins_and_lock(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    request = asked(cast)
    for tries in range(1, 6):
        refusal(cast, request, manager, WRONG)
        assert failures(manager) == tries
    assert refusal(cast, request, manager, code_of(app)).code == "locked"
    assert SignInAttempt.objects.filter(user=manager, outcome="code").count() == 5


def test_an_address_nobody_has_locks_like_any_other(cast: Cast) -> None:
    request = asked(cast)
    codes = [refusal(cast, request, cast.manager, WRONG, approver_email="nobody@example.org").code for _ in range(6)]
    assert codes == [*["wrong_code"] * 5, "locked"]


def test_a_locked_factor_opens_nothing(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    AuthenticatorApp.objects.filter(pk=app.pk).update(failures=MOST_FAILURES)
    assert refusal(cast, asked(cast), manager, code_of(app)).message == SAME_WORDS


def test_nobody_approves_what_they_asked_for(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    assert refusal(cast, asked(cast, by=manager), manager, code_of(app)).code == "own_request"


def test_a_manager_of_another_branch_approves_nothing_here(cast: Cast) -> None:
    rival = make_user(Role.MANAGER, "Rival Spot", branch=cast.south, password=PASSWORD)
    assert refusal(cast, asked(cast), rival, code_of(give_app(rival))).code == "may_not_decide"


def test_a_refused_decision_leaves_the_transaction_around_it_whole(
    cast: Cast, manager: User, app: AuthenticatorApp
) -> None:
    with transaction.atomic():
        request = asked(cast, by=manager)
        assert refusal(cast, request, manager, code_of(app)).code == "own_request"
        User.objects.filter(pk=manager.pk).update(full_name="Araba Still Writes")
    manager.refresh_from_db()
    assert (manager.full_name, Request.objects.filter(pk=request.pk).exists()) == ("Araba Still Writes", True)


@transactional
def asked_and_approved(cast: Cast, approver: Approver, phone: str) -> Request:
    """As a room's service does it: what it asks for is approved there and then."""
    payload = {"branch": cast.north.pk, "phone": phone}
    request = ask(act=NAME, payload=payload, branch=cast.north, by=cast.cashier, at=NOW)
    return approve_on_the_spot(request=request, approver=approver, by=cast.cashier, at=NOW)


def proved(cast: Cast, who: User, app: AuthenticatorApp) -> Approver:
    return prove_approver(email=who.email, password=PASSWORD, code=code_of(app), by=cast.cashier, at=NOW)


def test_a_service_asks_and_has_approved_in_one_transaction(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    done = asked_and_approved(cast, proved(cast, manager, app), "+233302000003")
    assert done.state == Request.State.CARRIED_OUT


def test_a_service_that_is_refused_leaves_neither_request_nor_decision(cast: Cast) -> None:
    rival = make_user(Role.MANAGER, "Rival Spot", branch=cast.south, password=PASSWORD)
    approver = proved(cast, rival, give_app(rival))
    with pytest.raises(Refused, match="may not decide"):
        asked_and_approved(cast, approver, "+233302000003")
    assert (Request.objects.count(), Decision.objects.count()) == (0, 0)


def test_a_proof_is_not_taken_within_a_service(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    with pytest.raises(RuntimeError, match="within a service"):
        transactional(proved)(cast, manager, app)


def test_an_old_proof_approves_nothing(cast: Cast, manager: User, app: AuthenticatorApp) -> None:
    approver, late = proved(cast, manager, app), NOW + timedelta(minutes=2)
    with pytest.raises(Refused, match="Prove once more"):
        approve_on_the_spot(request=asked(cast), approver=approver, by=cast.cashier, at=late)
    assert not Decision.objects.exists()
