"""Pausing and serving again, and what a drawer refuses to take in or pay out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.base.errors import Refused
from portal.drawers import services
from portal.drawers.models import DrawerSession
from tests.cast import NOW, TODAY, Cast, ghs
from tests.drawers.working import counted, opened

pytestmark = pytest.mark.django_db
State = DrawerSession.State


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def pause(session: DrawerSession) -> DrawerSession:
    return services.pause_session(session=session, by=session.cashier, at=NOW)


def resume(session: DrawerSession) -> DrawerSession:
    return services.resume_session(session=session, by=session.cashier, at=NOW)


def serving_refused(session: DrawerSession) -> str:
    with pytest.raises(Refused) as refused:
        services.lock_for_serving(session=session, by=session.cashier)
    assert "Nothing was posted" in refused.value.message
    return refused.value.code


def test_pausing_and_resuming(session: DrawerSession) -> None:
    assert (pause(session).state, pause(session).state) == (State.PAUSED, State.PAUSED)
    assert resume(session).state == State.ACTIVE


def test_somebody_elses_drawer_cannot_be_paused(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused):
        services.pause_session(session=session, by=cast.rival_cashier, at=NOW)


def test_once_counting_began_nobody_serves_again(session: DrawerSession) -> None:
    counted(session, {20000: 4})
    for change in (pause, resume):
        with pytest.raises(Refused):
            change(session)
    assert serving_refused(session) == "not_active"


def test_a_paused_and_a_closed_drawer_serve_nobody(session: DrawerSession) -> None:
    pause(session)
    assert serving_refused(session) == "not_active"
    counted(session, {20000: 5})
    assert serving_refused(session) == "not_active"


def test_a_drawer_of_an_earlier_day_serves_nobody(cast: Cast, session: DrawerSession) -> None:
    cast.north.business_date = TODAY + timedelta(days=1)
    cast.north.save()
    assert serving_refused(session) == "wrong_day"


@pytest.mark.parametrize(
    ("check", "amount", "notes", "code"),
    [
        (services.check_receipt, "5000.01", {}, "deposit_limit"),
        (services.check_payment, "5000.01", {}, "withdrawal_limit"),
        (services.check_payment, "1000.01", {}, "drawer_short"),
        (services.check_receipt, "250.00", {20000: 1}, "notes_differ"),
        (services.check_payment, "250.00", {20000: 1, 5000: 2}, "notes_differ"),
        (services.check_receipt, "250.00", {25000: 1}, "denomination"),
        (services.check_receipt, "0.00", {}, "amount"),
    ],
)
def test_what_a_drawer_refuses(
    session: DrawerSession, check: object, amount: str, notes: dict[int, int], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        check(session=session, amount=ghs(amount), notes=notes)  # type: ignore[operator]
    assert refused.value.code == code


def test_a_drawer_takes_in_no_more_than_it_may_hold(cast: Cast, session: DrawerSession) -> None:
    session.drawer.cash_limit_minor = 110_000
    services.check_receipt(session=session, amount=ghs("100.00"), notes={})
    with pytest.raises(Refused, match="vault first") as refused:
        services.check_receipt(session=session, amount=ghs("100.01"), notes={})
    assert refused.value.code == "cash_limit"


def test_notes_may_be_left_out_and_may_have_zeros(session: DrawerSession) -> None:
    services.check_receipt(session=session, amount=ghs("250.00"), notes={})
    services.check_payment(session=session, amount=ghs("250.00"), notes={20000: 1, 10000: 0, 5000: 1})
