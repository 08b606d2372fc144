"""Members who wait aside and visits of several legs: one key, all or nothing, and a second person beyond the limits."""

from __future__ import annotations

from typing import Any

import pytest

from portal.approvals import services as approvals
from portal.approvals.models import Request
from portal.base.errors import Refused, Stale
from portal.base.keys import new_key
from portal.counter import services
from portal.counter.models import Visit
from portal.counter.services.orders import Order
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import pause_session
from portal.ledger.models import Entry
from tests.cast import NOW, Cast, ghs
from tests.drawers.working import balance, counted, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def parked(cast: Cast, session: DrawerSession, **changes: Any) -> Visit:
    given: dict[str, Any] = {"customer": cast.ama, "draft": {"amount": "12"}, "key": new_key(), "by": cast.cashier}
    return services.park(session=session, at=NOW, **given | changes)


def with_leg(
    cast: Cast, session: DrawerSession, order: Order, leg: str = "deposit", visit: Visit | None = None, key: str = ""
) -> Visit:
    return services.add_leg(
        session=session,
        customer=cast.ama,
        visit=visit,
        leg=leg,
        order=order,
        key=key or new_key(),
        by=cast.cashier,
        at=NOW,
    )


def three_legs(cast: Cast, session: DrawerSession) -> Visit:
    """250 in, 50 out of the other account, 100 over to Kofi."""
    visit = with_leg(cast, session, Order(subject=cast.ama_savings, amount=ghs("250"), notes={20000: 1, 5000: 1}))
    out = Order(subject=cast.ama_current, amount=ghs("50"), identity_seen=True)
    with_leg(cast, session, out, "withdrawal", visit)
    over = Order(subject=cast.ama_savings, amount=ghs("100"), identity_seen=True, target=cast.kofi_savings)
    return with_leg(cast, session, over, "transfer", visit)


def test_a_parked_member_takes_the_first_free_place(cast: Cast, session: DrawerSession) -> None:
    assert [parked(cast, session).slot for _ in range(2)] == [1, 2]
    assert parked(cast, session, slot=5).slot == 5
    assert parked(cast, session).slot == 3


def test_parking_with_the_same_key_keeps_what_is_typed_now(cast: Cast, session: DrawerSession) -> None:
    key = new_key()
    first = parked(cast, session, key=key)
    again = parked(cast, session, key=key, draft={"amount": "99"})
    assert (again.pk, again.draft) == (first.pk, {"amount": "99"})


def test_a_sixth_and_a_taken_place_are_refused(cast: Cast, session: DrawerSession) -> None:
    parked(cast, session, slot=2)
    with pytest.raises(Refused, match="Place 2 is taken"):
        parked(cast, session, slot=2)
    for _ in range(4):
        parked(cast, session)
    with pytest.raises(Refused, match="Five members wait"):
        parked(cast, session)


def test_nobody_parks_at_another_persons_drawer(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="somebody else's"):
        parked(cast, session, by=cast.rival_cashier)


def test_three_legs_are_posted_as_three_entries_at_once(cast: Cast, session: DrawerSession) -> None:
    done = services.post_visit(visit=three_legs(cast, session), by=cast.cashier, at=NOW)
    assert done.state == Visit.State.POSTED
    assert done.slot is None
    assert done.legs.exclude(entry=None).count() == 3
    assert balance(cast.ama_savings.ledger_account) == 115_000
    assert balance(cast.ama_current.ledger_account) == 20_000
    assert balance(cast.kofi_savings.ledger_account) == 60_000
    assert balance(session.drawer.ledger_account) == 120_000


def test_a_visit_posted_twice_is_posted_once(cast: Cast, session: DrawerSession) -> None:
    visit = three_legs(cast, session)
    for _ in range(2):
        services.post_visit(visit=visit, by=cast.cashier, at=NOW)
    assert CashMovement.objects.filter(session=session).count() == 2
    assert balance(cast.ama_savings.ledger_account) == 115_000


def test_one_leg_that_is_refused_undoes_all(cast: Cast, session: DrawerSession) -> None:
    visit = with_leg(cast, session, Order(subject=cast.ama_savings, amount=ghs("250")))
    with_leg(cast, session, Order(subject=cast.ama_current, amount=ghs("999"), identity_seen=True), "withdrawal", visit)
    with pytest.raises(Refused, match=r"Leg 2, pay out: .*at most"):
        services.post_visit(visit=visit, by=cast.cashier, at=NOW)
    assert balance(cast.ama_savings.ledger_account) == 100_000
    assert Visit.objects.get().state == Visit.State.OPEN
    assert not CashMovement.objects.exists()


def test_the_same_leg_sent_twice_is_kept_once(cast: Cast, session: DrawerSession) -> None:
    order, key = Order(subject=cast.ama_savings, amount=ghs("250")), new_key()
    first, again = (with_leg(cast, session, order, key=key) for _ in range(2))
    assert first.pk == again.pk
    assert again.legs.count() == 1
    assert Visit.objects.count() == 1


def test_the_drawer_is_not_counted_while_somebody_waits(cast: Cast, session: DrawerSession) -> None:
    visit = parked(cast, session)
    count: dict[str, Any] = {"session": session, "counts": {20000: 5}, "note": "", "by": cast.cashier, "at": NOW}
    with pytest.raises(Refused, match="Still waiting aside: Ama Mensah"):
        services.close_drawer(**count, key=new_key())
    services.settle(visit=visit, by=cast.cashier, at=NOW)
    assert services.close_drawer(**count, key=new_key()).state == DrawerSession.State.CLOSED
    assert Visit.objects.get().state == Visit.State.DROPPED


def asked(cast: Cast, session: DrawerSession, amount: str = "6000") -> tuple[Visit, Request]:
    """A deposit above the drawer's limit, sent to the manager."""
    visit = with_leg(cast, session, Order(subject=cast.ama_savings, amount=ghs(amount)))
    with pytest.raises(Refused, match="manager's approval"):
        services.post_visit(visit=visit, by=cast.cashier, at=NOW)
    return visit, services.ask_for_visit(visit=visit, reason="Sold a car", by=cast.cashier, at=NOW)


def test_what_the_manager_approves_is_posted_as_it_was_asked(cast: Cast, session: DrawerSession) -> None:
    visit, request = asked(cast, session)
    approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    visit.refresh_from_db()
    assert (visit.state, visit.slot) == (Visit.State.POSTED, 1)
    assert balance(cast.ama_savings.ledger_account) == 700_000
    assert Entry.objects.get(kind="deposit").actor == cast.cashier


def test_what_is_with_the_manager_is_not_changed_or_posted_meanwhile(cast: Cast, session: DrawerSession) -> None:
    visit, _ = asked(cast, session)
    with pytest.raises(Refused, match="with the manager"):
        with_leg(cast, session, Order(subject=cast.ama_savings, amount=ghs("1")), visit=visit)
    with pytest.raises(Refused, match="with the manager"):
        services.post_visit(visit=visit, by=cast.cashier, at=NOW)


def test_what_was_asked_for_is_posted_whatever_the_rows_say_since(cast: Cast, session: DrawerSession) -> None:
    visit, request = asked(cast, session)
    leg = visit.legs.get()
    leg.contents = leg.contents | {"amount_minor": 900_000}
    leg.save()
    approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    assert balance(cast.ama_savings.ledger_account) == 700_000


def test_the_cashier_does_not_approve_and_neither_does_another_branch(cast: Cast, session: DrawerSession) -> None:
    _, request = asked(cast, session)
    with pytest.raises(Refused, match="somebody else must decide"):
        approvals.decide(request=request, approve=True, by=cast.cashier, at=NOW)
    with pytest.raises(Refused, match="may not decide"):
        approvals.decide(request=request, approve=True, by=cast.rival_manager, at=NOW)


def test_nothing_is_approved_while_the_drawer_is_paused(cast: Cast, session: DrawerSession) -> None:
    _, request = asked(cast, session)
    pause_session(session=session, by=cast.cashier, at=NOW)
    with pytest.raises(Refused, match="must serve again"):
        approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    assert not CashMovement.objects.exists()


def test_a_visit_taken_back_cannot_be_approved_any_more(cast: Cast, session: DrawerSession) -> None:
    visit, request = asked(cast, session)
    services.take_back(visit=visit, by=cast.cashier, at=NOW)
    with pytest.raises(Stale):
        approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    assert Visit.objects.get().state == Visit.State.OPEN


def test_a_refused_visit_waits_for_the_cashier(cast: Cast, session: DrawerSession) -> None:
    visit, request = asked(cast, session)
    approvals.decide(request=request, approve=False, comment="Ask for papers", by=cast.manager, at=NOW)
    assert services.take_back(visit=visit, by=cast.cashier, at=NOW).state == Visit.State.OPEN
    with pytest.raises(Refused):
        services.take_back(visit=visit, by=cast.cashier, at=NOW)
    with pytest.raises(Refused, match="another drawer"):
        services.settle(visit=visit, by=cast.rival_cashier, at=NOW)


def test_counting_by_itself_knows_nothing_of_parking(cast: Cast, session: DrawerSession) -> None:
    """The room below: only the counter keeps people waiting, and its own door is the one the page uses."""
    assert counted(session, {20000: 5}).state == DrawerSession.State.CLOSED
