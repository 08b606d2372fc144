"""Loans at the counter: an instalment in cash, taking it back, and an approved loan paid out of the drawer."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.capabilities import Capability
from portal.approvals.limits import moved_on
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.counter import services
from portal.counter.models import CounterReversal
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.services import pause_session
from portal.ledger.models import Entry
from portal.ledger.services import Posted
from portal.loans import queries
from portal.loans.models import Loan, Payment
from tests.cast import CURRENCY, NOW, TODAY, Cast, ghs
from tests.counter.working import take_in
from tests.drawers.working import balance, opened
from tests.loans.lending import application, approved, fresh, lend, prove_all, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    cast.drawer.reversal_limit_minor = 50_000
    cast.drawer.save()
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def loan(cast: Cast) -> Loan:
    """1,200.00 in six instalments, paid out today to Ama's savings."""
    return running(cast)


def repaid(session: DrawerSession, loan: Loan, amount: str = "254", **changes: Any) -> Posted:
    given: dict[str, Any] = {"notes": {}, "key": new_key(), "by": session.cashier, "at": NOW} | changes
    return services.serve_repayment(session=session, loan=fresh(loan), amount=ghs(amount), **given)


def paid_out(session: DrawerSession, loan: Loan, amount: str, **changes: Any) -> Posted:
    given: dict[str, Any] = {"notes": {}, "identity_seen": True, "by": session.cashier, "at": NOW} | changes
    return services.serve_loan(session=session, loan=fresh(loan), amount=ghs(amount), **given)


def granted(cast: Cast, amount: str = "500") -> Loan:
    return approved(cast, application(cast, lend(), amount))


def taken_back(session: DrawerSession, entry_id: Any) -> CounterReversal:
    entry = Entry.objects.select_related("branch").get(pk=entry_id)
    given: dict[str, Any] = {"reason": "amount", "note": "", "key": new_key(), "by": session.cashier, "at": NOW}
    return services.reverse_movement(session=session, entry=entry, **given)


def test_an_instalment_lies_in_the_drawer_and_on_the_loan(session: DrawerSession, loan: Loan) -> None:
    posted = repaid(session, loan)
    assert balance(session.drawer.ledger_account) == 125_400
    payment = Payment.objects.get(entry=posted.entry_id)
    assert (payment.amount_minor, payment.account_id) == (25_400, None)
    assert CashMovement.objects.get().way == "in"
    prove_all()


def test_the_same_key_repays_once(session: DrawerSession, loan: Loan) -> None:
    key = new_key()
    first, second = (repaid(session, loan, key=key) for _ in range(2))
    assert (second.reference, second.replayed) == (first.reference, True)
    assert Payment.objects.count() == CashMovement.objects.count() == 1


def test_an_answer_that_was_lost_is_found_after_a_pause(session: DrawerSession, loan: Loan) -> None:
    key = new_key()
    first = repaid(session, loan, key=key)
    pause_session(session=session, by=session.cashier, at=NOW)
    assert repaid(session, loan, key=key).reference == first.reference
    with pytest.raises(Refused, match="is paused"):
        repaid(session, loan)


def test_the_key_of_another_payment_or_of_a_deposit_is_refused(cast: Cast, session: DrawerSession, loan: Loan) -> None:
    key, other = new_key(), new_key()
    repaid(session, loan, key=key)
    take_in(session, cast.ama_savings, "10", key=other)
    for used, amount in ((key, "99"), (other, "10")):
        with pytest.raises(Refused, match="already used"):
            repaid(session, loan, amount, key=used)
    assert Payment.objects.count() == 1


def test_what_is_more_than_settles_is_kept_for_the_member(session: DrawerSession, loan: Loan) -> None:
    repaid(session, loan, "1300")
    assert fresh(loan).state == Loan.State.PAID_OFF
    assert fresh(loan).standing.over_minor == 10_000
    prove_all()


def test_beyond_the_drawers_limit_a_second_person_is_wanted(session: DrawerSession, loan: Loan) -> None:
    session.drawer.deposit_limit_minor = 20_000
    session.drawer.save()
    with pytest.raises(Refused) as refusal:
        repaid(session, loan)
    assert refusal.value.code == "deposit_limit"
    assert repaid(session, loan, is_approved=True).reference


def test_repayments_count_towards_the_limit_of_the_day(cast: Cast, session: DrawerSession, loan: Loan) -> None:
    repaid(session, loan)
    given: dict[str, Any] = {"day": TODAY, "currency": CURRENCY}
    assert moved_on(cast.cashier, Capability.CASH_RECEIVE, **given) == ghs("254")


def test_nobody_repays_their_own_loan(cast: Cast, session: DrawerSession, loan: Loan) -> None:
    cast.ama.email = cast.cashier.email
    cast.ama.save()
    with pytest.raises(Refused, match="your own account"):
        repaid(session, loan)


def test_a_loan_that_is_not_paid_out_takes_nothing(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused, match="takes no payments"):
        repaid(session, granted(cast))
    assert balance(session.drawer.ledger_account) == 100_000


def test_a_repayment_taken_back_leaves_loan_and_drawer_as_before(session: DrawerSession, loan: Loan) -> None:
    before = queries.owing(fresh(loan), TODAY)
    done = taken_back(session, repaid(session, loan).entry_id)
    assert queries.owing(fresh(loan), TODAY).settles == before.settles
    assert balance(session.drawer.ledger_account) == 100_000
    assert done.reversal.reverses_id == done.entry_id
    assert list(CashMovement.objects.order_by("pk").values_list("way", flat=True)) == ["in", "out"]
    prove_all()


def test_a_repayment_is_taken_back_once(session: DrawerSession, loan: Loan) -> None:
    entry_id = repaid(session, loan).entry_id
    taken_back(session, entry_id)
    with pytest.raises(Refused, match="taken back before"):
        taken_back(session, entry_id)


def test_an_approved_loan_is_paid_out_of_the_drawer(cast: Cast, session: DrawerSession) -> None:
    loan = granted(cast)
    paid_out(session, loan, "500")
    assert fresh(loan).state == Loan.State.ACTIVE
    assert balance(session.drawer.ledger_account) == 50_000
    assert balance(cast.ama_savings.ledger_account) == 100_000
    prove_all()


def test_another_amount_names_the_right_one(cast: Cast, session: DrawerSession) -> None:
    loan = approved(cast, application(cast, lend(fee_bps=100), "500"))
    with pytest.raises(Refused, match=r"comes to .*495\.00"):
        paid_out(session, loan, "500")
    assert fresh(loan).state == Loan.State.APPROVED
    assert paid_out(session, loan, "495").reference


def test_a_loan_is_paid_out_once(cast: Cast, session: DrawerSession) -> None:
    loan = granted(cast)
    first, second = (paid_out(session, loan, "500") for _ in range(2))
    assert (first.reference, second.replayed) == (second.reference, True)
    assert balance(session.drawer.ledger_account) == 50_000


def test_a_loan_that_went_to_the_account_is_not_handed_over_too(cast: Cast, session: DrawerSession, loan: Loan) -> None:
    with pytest.raises(Refused, match="paid out before"):
        paid_out(session, loan, "1200")
    assert balance(session.drawer.ledger_account) == 100_000


@pytest.mark.parametrize(
    ("changes", "code"), [({"identity_seen": False}, "identity"), ({"limit": 40_000}, "withdrawal_limit")]
)
def test_who_is_paid_is_looked_at_and_limits_hold(
    cast: Cast, session: DrawerSession, changes: dict[str, Any], code: str
) -> None:
    session.drawer.withdrawal_limit_minor = changes.pop("limit", 500_000)
    session.drawer.save()
    with pytest.raises(Refused) as refusal:
        paid_out(session, granted(cast), "500", **changes)
    assert refusal.value.code == code


def test_an_open_condition_keeps_the_cash_in_the_drawer(cast: Cast, session: DrawerSession) -> None:
    loan = approved(cast, application(cast, lend(), "500"), conditions=("Bring the deed",))
    with pytest.raises(Refused, match="condition is open"):
        paid_out(session, loan, "500")
    assert balance(session.drawer.ledger_account) == 100_000


def test_another_branchs_loan_is_paid_out_there(cast: Cast) -> None:
    away = opened(cast.rival_drawer, cast.rival_cashier)
    with pytest.raises(Refused, match="paid out at North"):
        paid_out(away, granted(cast), "500")


def test_a_loan_paid_out_is_not_taken_back(cast: Cast, session: DrawerSession) -> None:
    posted = paid_out(session, granted(cast), "500")
    with pytest.raises(Refused, match="paid back, not taken back"):
        taken_back(session, posted.entry_id)
