"""The same form sent twenty times at once, again and again: each form is posted once.

`PORTAL_ROUNDS` says how many forms; 200 take minutes, so an ordinary run sends a few.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.counter import services
from portal.counter.models import Visit
from portal.counter.services.orders import Order
from portal.drawers.models import CashMovement, DrawerSession
from portal.loans.models import Payment
from tests.cast import NOW, Cast, ghs
from tests.counter.working import take_in
from tests.drawers.working import balance, opened
from tests.loans.lending import prove_all, running

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("PORTAL_ROUNDS", "3"))
AT_ONCE = 20


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What twenty threads were answered; a refusal is an answer too."""

    def one(_: int) -> Any:
        try:
            return work()
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_a_deposit_sent_twenty_times_at_once_is_posted_once(cast: Cast, session: DrawerSession) -> None:
    for done in range(1, ROUNDS + 1):
        key = new_key()
        answers = at_once(partial(take_in, session, cast.ama_savings, "10", key=key))
        assert len({posted.reference for posted in answers}) == 1, answers
        assert CashMovement.objects.count() == done
    assert balance(cast.ama_savings.ledger_account) == 100_000 + ROUNDS * 1000
    assert balance(session.drawer.ledger_account) == 100_000 + ROUNDS * 1000


def test_a_repayment_sent_twenty_times_at_once_is_posted_once(cast: Cast, session: DrawerSession) -> None:
    given: dict[str, Any] = {"loan": running(cast), "amount": ghs("254"), "notes": {}, "key": new_key()}
    work = partial(services.serve_repayment, session=session, **given, by=cast.cashier, at=NOW)
    assert len({posted.reference for posted in at_once(work)}) == 1
    assert Payment.objects.count() == CashMovement.objects.count() == 1
    prove_all()


def test_a_visit_sent_twenty_times_at_once_is_posted_once(cast: Cast, session: DrawerSession) -> None:
    visit = services.add_leg(
        session=session,
        customer=cast.ama,
        visit=None,
        leg="deposit",
        order=Order(subject=cast.ama_savings, amount=ghs("10")),
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )
    states = at_once(lambda: services.post_visit(visit=visit, by=cast.cashier, at=NOW).state)
    assert set(states) == {Visit.State.POSTED}
    assert CashMovement.objects.count() == 1


def test_a_movement_taken_back_by_twenty_at_once_is_taken_back_once(cast: Cast, session: DrawerSession) -> None:
    session.drawer.reversal_limit_minor = 100_000
    session.drawer.save()
    entry_id = take_in(session, cast.ama_savings, "10").entry_id
    entry = CashMovement.objects.select_related("entry__branch").get(entry_id=entry_id).entry
    given: dict[str, Any] = {"session": session, "entry": entry, "reason": "amount", "note": "", "by": cast.cashier}
    answers = at_once(lambda: services.reverse_movement(**given, key=new_key(), at=NOW).pk)
    assert len([each for each in answers if each != "reversed"]) == 1
    assert balance(cast.ama_savings.ledger_account) == 100_000
