"""Taking back what was keyed wrongly: once, with a reason, up to a limit alone, and never another session's."""

from __future__ import annotations

from typing import Any

import pytest

from portal.approvals import services as approvals
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.counter import services
from portal.counter.models import CounterReversal
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import report
from portal.ledger.chart import CASH_OVER_SHORT, branch_account
from portal.ledger.models import Entry
from portal.ledger.queries import balance_at
from tests.cast import NOW, TODAY, Cast, ghs
from tests.counter.working import pay_out, take_in
from tests.drawers.working import balance, counted, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    cast.drawer.reversal_limit_minor = 50_000
    cast.drawer.save()
    return opened(cast.drawer, cast.cashier)


def taken_in(cast: Cast, session: DrawerSession, amount: str = "250") -> Entry:
    return Entry.objects.get(pk=take_in(session, cast.ama_savings, amount).entry_id)


def taken_back(session: DrawerSession, entry: Entry, **changes: Any) -> CounterReversal:
    given: dict[str, Any] = {"reason": "amount", "note": "", "key": new_key(), "by": session.cashier, "at": NOW}
    return services.reverse_movement(session=session, entry=entry, **given | changes)


def test_a_deposit_taken_back_leaves_everything_as_before(cast: Cast, session: DrawerSession) -> None:
    entry = taken_in(cast, session)
    done = taken_back(session, entry)
    assert balance(cast.ama_savings.ledger_account) == 100_000
    assert balance(session.drawer.ledger_account) == 100_000
    assert done.reversal.reverses == entry
    assert list(CashMovement.objects.order_by("pk").values_list("way", "amount_minor")) == [
        ("in", 25_000),
        ("out", 25_000),
    ]


def test_the_report_of_the_drawer_counts_both(cast: Cast, session: DrawerSession) -> None:
    taken_back(session, taken_in(cast, session))
    assert report(session).expected == ghs("1000.00")


def test_a_payment_taken_back_brings_the_cash_in_again(cast: Cast, session: DrawerSession) -> None:
    entry = Entry.objects.get(pk=pay_out(session, cast.ama_savings, "250").entry_id)
    taken_back(session, entry)
    assert balance(cast.ama_savings.ledger_account) == 100_000
    assert balance(session.drawer.ledger_account) == 100_000


def test_nothing_is_taken_back_twice(cast: Cast, session: DrawerSession) -> None:
    entry = taken_in(cast, session)
    done = taken_back(session, entry)
    with pytest.raises(Refused, match="taken back before"):
        taken_back(session, entry)
    with pytest.raises(Refused, match="reversal itself"):
        taken_back(session, done.reversal)
    assert balance(cast.ama_savings.ledger_account) == 100_000


def test_another_persons_movement_is_out_of_reach(cast: Cast, session: DrawerSession) -> None:
    rival = opened(cast.rival_drawer, cast.rival_cashier)
    entry = Entry.objects.get(pk=take_in(rival, cast.outsider_savings, "20").entry_id)
    with pytest.raises(Refused, match="not of your open session"):
        taken_back(session, entry)
    with pytest.raises(Refused, match="somebody else's"):
        taken_back(rival, entry, by=cast.cashier)


def test_money_that_has_left_the_account_is_not_taken_back(cast: Cast, session: DrawerSession) -> None:
    entry = taken_in(cast, session)
    pay_out(session, cast.ama_savings, "1200")
    with pytest.raises(Refused, match="not enough money"):
        taken_back(session, entry)


def test_something_else_needs_words(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="few words"):
        taken_back(session, taken_in(cast, session), reason="other")


def test_above_the_limit_a_second_person_approves(cast: Cast, session: DrawerSession) -> None:
    entry = taken_in(cast, session, "500.01")
    with pytest.raises(Refused, match="somebody else must approve"):
        taken_back(session, entry)
    asked: dict[str, Any] = {
        "session": session,
        "entry": entry,
        "reason": "amount",
        "note": "",
        "by": cast.cashier,
        "at": NOW,
    }
    request = services.ask_for_reversal(**asked, key=new_key())
    assert balance(cast.ama_savings.ledger_account) == 150_001
    with pytest.raises(Refused, match="somebody else must decide"):
        approvals.decide(request=request, approve=True, by=cast.cashier, at=NOW)
    approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    done = CounterReversal.objects.get()
    assert (done.by, done.approved_by) == (cast.cashier, cast.manager)
    assert balance(cast.ama_savings.ledger_account) == 100_000


def test_after_the_z_report_only_the_operations_manager_takes_back(cast: Cast, session: DrawerSession) -> None:
    entry = taken_in(cast, session)
    late: dict[str, Any] = {"entry": entry, "reason": "amount", "note": "", "at": NOW, "by": cast.operations_manager}
    with pytest.raises(Refused, match="is not closed"):
        services.reverse_late(**late, key=new_key())
    counted(session, {20000: 6, 5000: 1})
    with pytest.raises(Refused, match="closed: open a drawer"):
        taken_back(session, entry)
    services.reverse_late(**late, key=new_key())
    assert balance(cast.ama_savings.ledger_account) == 100_000
    assert balance(session.drawer.ledger_account) == 125_000
    over_short = branch_account(cast.north.pk, CASH_OVER_SHORT)
    assert abs(balance_at(over_short, TODAY).minor) == 25_000
    assert CashMovement.objects.filter(session=session).count() == 1
