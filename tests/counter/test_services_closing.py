"""Closing an account at the counter: what is left is handed over, always by leave of a second person, and no unit else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.approvals import services as approvals
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.counter import services
from portal.counter.models import Visit
from portal.counter.services.orders import Order
from portal.deposits.keeping import left_at_closing
from portal.deposits.models import AccountClosure, DepositAccount
from portal.drawers.models import CashMovement, DrawerSession
from portal.ledger.models import Entry
from portal.ledger.services import Posted, open_day
from tests.cast import NOW, TODAY, Cast, ghs, new_terms
from tests.drawers.working import balance, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def closed(cast: Cast, session: DrawerSession, amount: Any, **changes: Any) -> Posted:
    given: dict[str, Any] = {"notes": {}, "identity_seen": True, "reason": "", "approved_by": cast.manager}
    given |= {"account": cast.ama_current, "key": new_key(), "by": cast.cashier, "at": NOW}
    return services.serve_closing(session=session, amount=amount, **given | changes)


def test_all_that_is_left_is_handed_over(cast: Cast, session: DrawerSession) -> None:
    posted = closed(cast, session, left_at_closing(cast.ama_current))
    closure = AccountClosure.objects.get()
    assert (closure.payout, closure.approved_by, str(closure.payout_entry_id)) == (
        "cash",
        cast.manager,
        str(posted.entry_id),
    )
    assert DepositAccount.objects.get(pk=cast.ama_current.pk).state == "closed"
    assert balance(cast.ama_current.ledger_account) == 0
    assert balance(session.drawer.ledger_account) == 100_000 - closure.last_balance_minor
    assert CashMovement.objects.get().way == "out"


def test_interest_tax_and_the_early_fee_are_in_what_is_told_before(cast: Cast) -> None:
    new_terms(cast.savings, since=TODAY - timedelta(days=40), withholding_tax_bps=800)
    open_day(branch=cast.north, day=TODAY + timedelta(days=1), by=None, at=NOW)
    new_terms(cast.savings, since=TODAY, withholding_tax_bps=800, early_closure_days=5000, early_closure_fee_minor=250)
    cast.north.refresh_from_db()
    session = opened(cast.drawer, cast.cashier)
    account = DepositAccount.objects.get(pk=cast.ama_savings.pk)
    told = left_at_closing(account)
    closed(cast, session, told, account=account)
    closure = AccountClosure.objects.get()
    assert (closure.last_balance_minor, closure.fee_minor) == (told.minor, 250)


def test_a_cashier_closes_nothing_alone(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="A manager must allow") as refusal:
        closed(cast, session, left_at_closing(cast.ama_current), approved_by=None)
    assert refusal.value.code == "second_person"
    assert DepositAccount.objects.get(pk=cast.ama_current.pk).state == "active"


def test_another_amount_closes_nothing_and_names_the_right_one(cast: Cast, session: DrawerSession) -> None:
    whole = left_at_closing(cast.ama_current)
    with pytest.raises(Refused, match=str(whole)):
        closed(cast, session, whole - ghs("1"))
    assert not AccountClosure.objects.exists()
    assert balance(session.drawer.ledger_account) == 100_000


def test_somebody_must_have_looked_at_who_it_is(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="Look at who this is"):
        closed(cast, session, left_at_closing(cast.ama_current), identity_seen=False)


def test_the_inbox_closes_what_was_asked_for(cast: Cast, session: DrawerSession) -> None:
    order = Order(subject=cast.ama_current, amount=left_at_closing(cast.ama_current), identity_seen=True)
    given: dict[str, Any] = {"leg": "closing", "order": order, "key": new_key(), "reason": "Moves abroad"}
    visit = services.send_to_manager(session=session, customer=cast.ama, visit=None, by=cast.cashier, at=NOW, **given)
    assert visit.request is not None
    approvals.decide(request=visit.request, approve=True, comment="", by=cast.manager, at=NOW)
    assert Visit.objects.get(pk=visit.pk).state == Visit.State.POSTED
    assert AccountClosure.objects.get().approved_by == cast.manager


def test_a_closing_is_not_taken_back(cast: Cast, session: DrawerSession) -> None:
    session.drawer.reversal_limit_minor = 10**9
    session.drawer.save()
    posted = closed(cast, session, left_at_closing(cast.ama_current))
    entry = Entry.objects.select_related("branch").get(pk=posted.entry_id)
    with pytest.raises(Refused, match="closed the account"):
        services.reverse_movement(
            session=session, entry=entry, reason="amount", note="", key=new_key(), by=cast.cashier, at=NOW
        )
