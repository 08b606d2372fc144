"""A manager has a drawer counted in between, and takes over one whose cashier is absent."""

from __future__ import annotations

import pytest

from portal.approvals import services as approvals
from portal.approvals.models import Request
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.drawers import services
from portal.drawers.models import DrawerSession, RecountOrder
from portal.drawers.positions import position_of
from tests.cast import NOW, Cast, ghs
from tests.drawers.working import balance, counted, handed, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def ordered(cast: Cast, session: DrawerSession) -> RecountOrder:
    return services.order_recount(session=session, reason="Till check", by=cast.manager, at=NOW)


def test_a_drawer_to_be_counted_serves_nobody_until_it_is(cast: Cast, session: DrawerSession) -> None:
    ordered(cast, session)
    with pytest.raises(Refused, match="wants this drawer counted"):
        services.resume_session(session=session, by=cast.cashier, at=NOW)
    counted_one = services.make_spot_count(session=session, counts={20000: 4}, key=new_key(), by=cast.cashier, at=NOW)
    assert counted_one.state == DrawerSession.State.ACTIVE


def test_only_the_manager_learns_what_the_count_found(cast: Cast, session: DrawerSession) -> None:
    ordered(cast, session)
    services.make_spot_count(session=session, counts={20000: 4}, key=new_key(), by=cast.cashier, at=NOW)
    now = next(each for each in position_of(cast.north).drawers if each.drawer == cast.drawer)
    assert now.spot_difference == -ghs("200.00")
    assert balance(session.drawer.ledger_account) == 100_000


def test_the_day_ends_as_ever_after_a_count_in_between(cast: Cast, session: DrawerSession) -> None:
    for _ in range(2):
        ordered(cast, session)
        services.make_spot_count(session=session, counts={20000: 5}, key=new_key(), by=cast.cashier, at=NOW)
    assert counted(session, {20000: 5}).state == DrawerSession.State.CLOSED


def test_who_does_not_look_after_a_drawer_orders_nothing(cast: Cast, session: DrawerSession) -> None:
    for person in (cast.cashier, cast.rival_manager, cast.operations_manager, cast.auditor):
        with pytest.raises(Refused, match="do not look after"):
            services.order_recount(session=session, reason="Check", by=person, at=NOW)
    with pytest.raises(Refused, match="Nobody waits"):
        services.make_spot_count(session=session, counts={20000: 5}, key=new_key(), by=cast.cashier, at=NOW)


def taken_over(cast: Cast, session: DrawerSession, counts: dict[int, int], reason: str = "Ill") -> DrawerSession:
    return services.take_over(session=session, counts=counts, reason=reason, key=new_key(), by=cast.manager, at=NOW)


def test_the_drawer_of_an_absent_cashier_is_counted_and_closed(cast: Cast, session: DrawerSession) -> None:
    after = taken_over(cast, session, {20000: 5})
    assert (after.state, after.z_number) == (DrawerSession.State.CLOSED, 1)
    assert after.take_over.by == cast.manager
    assert balance(session.drawer.ledger_account) == 100_000


def test_who_opens_it_next_counts_what_lies_there(cast: Cast, session: DrawerSession) -> None:
    taken_over(cast, session, {20000: 5})
    again = services.open_session(drawer=cast.drawer, counts={20000: 5}, key=new_key(), by=cast.cashier, at=NOW)
    assert again.state == DrawerSession.State.ACTIVE


def test_a_large_difference_waits_for_somebody_else(cast: Cast, session: DrawerSession) -> None:
    assert taken_over(cast, session, {20000: 4}).state == DrawerSession.State.COUNTED
    request = Request.objects.get(act="drawer_take_over")
    with pytest.raises(Refused, match="somebody else must decide"):
        approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="decides on it"):
        counted(session, {20000: 5}, note="Back again")
    approvals.decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
    session.refresh_from_db()
    assert session.state == DrawerSession.State.CLOSED
    assert balance(session.drawer.ledger_account) == 80_000


def test_taking_over_needs_a_reason_and_the_right(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="Say why"):
        taken_over(cast, session, {20000: 5}, reason=" ")
    with pytest.raises(Refused, match="do not look after"):
        services.take_over(
            session=session, counts={20000: 5}, reason="Ill", key=new_key(), by=cast.rival_manager, at=NOW
        )


def test_the_vault_hands_out_only_notes_it_has(cast: Cast) -> None:
    services.count_vault(
        branch=cast.north, counts={20000: 495, 100: 1000}, note="", key=new_key(), by=cast.manager, at=NOW
    )
    with pytest.raises(Refused, match="holds 0 of"):
        handed(cast.drawer, {5000: 1})
    handed(cast.drawer, {100: 600})
    with pytest.raises(Refused, match="holds 400 of"):
        handed(cast.spare_drawer, {100: 401})
