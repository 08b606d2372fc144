"""A loan rescheduled in default: it stays there until it was served in time, its interest waits, anything late begins it anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.ledger import chart
from portal.loans import queries, services
from portal.loans.models import Loan, PortfolioDay, Probation, StateChange
from tests.cast import Cast, fund, ghs
from tests.loans.lending import application, approved, fresh, go_to, lend, moment, pays, prove_all, running, settles
from tests.loans.test_services_days import net

pytestmark = pytest.mark.django_db
DEFAULTED = date(2027, 3, 21)
DUE = [date(2027, 4, 21), date(2027, 5, 21), date(2027, 6, 21), date(2027, 7, 21), date(2027, 8, 21)]


def rescheduled(cast: Cast, *, grace: int = 0, **terms: Any) -> Loan:
    """A loan of 1,200 that is ninety days late and spread over twelve instalments from then."""
    fund(cast.ama_savings, ghs("9000"))
    loan = running(cast, lend(**terms))
    go_to(cast.north, DEFAULTED)
    services.reschedule(
        loan=fresh(loan),
        instalments=12,
        rate_bps=2400,
        grace=grace,
        reason="Shop burnt down",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(DEFAULTED),
    )
    return fresh(loan)


def pays_in_time(loan: Loan, cast: Cast, day: date) -> None:
    """Whatever is due on its day, to the pesewa."""
    go_to(cast.north, day)
    position = queries.position_of(fresh(loan))
    due = sum(each.total for each in position.unpaid() if each.row.due <= day) + position.penalty + position.fee
    pays(loan, ghs(f"{due // 100}.{due % 100:02d}"), cast)


def test_the_day_after_it_is_still_in_default_and_earns_nothing(cast: Cast) -> None:
    loan = rescheduled(cast)
    go_to(cast.north, date(2027, 3, 25))
    held = fresh(loan)
    assert (held.state, held.standing.days_late, held.standing.probation_to) == (Loan.State.DEFAULTED, 0, DUE[2])
    assert net(cast, chart.LOAN_INTEREST_INCOME) == 0
    assert -net(cast, chart.SUSPENDED_INTEREST) == net(cast, chart.LOAN_INTEREST_DUE) > 0
    prove_all()


def test_what_is_set_aside_and_what_is_at_risk_do_not_fall(cast: Cast) -> None:
    rescheduled(cast)
    go_to(cast.north, date(2027, 3, 25))
    assert -net(cast, chart.LOAN_PROVISION) == 120_000 * 2500 // 10_000
    assert PortfolioDay.objects.get(on=date(2027, 3, 25)).bucket_from == 61


def test_three_instalments_in_time_end_it_and_set_the_interest_free(cast: Cast) -> None:
    loan = rescheduled(cast)
    for day in DUE[:3]:
        pays_in_time(loan, cast, day)
        assert fresh(loan).state == Loan.State.DEFAULTED
    go_to(cast.north, date(2027, 6, 22))
    held = fresh(loan)
    assert (held.state, held.standing.probation_to) == (Loan.State.ACTIVE, None)
    assert net(cast, chart.SUSPENDED_INTEREST) == 0
    reason = StateChange.objects.filter(loan=loan, after="active").latest("pk").reason
    assert reason == "Probation served: its instalments were paid in time"
    prove_all()


def test_one_day_late_begins_it_anew(cast: Cast) -> None:
    loan = rescheduled(cast)
    pays_in_time(loan, cast, DUE[0])
    go_to(cast.north, date(2027, 5, 22))
    assert fresh(loan).standing.probation_to == DUE[4]
    pays_in_time(loan, cast, date(2027, 5, 24))
    assert fresh(loan).state == Loan.State.DEFAULTED
    causes = Probation.objects.filter(loan=loan).values_list("cause", "until")
    assert list(causes) == [("rescheduled", DUE[2]), ("late", DUE[4])]
    go_to(cast.north, date(2027, 6, 22))
    prove_all()


def test_paying_ahead_does_not_shorten_it(cast: Cast) -> None:
    loan = rescheduled(cast)
    pays(loan, "600", cast)
    go_to(cast.north, date(2027, 3, 22))
    assert fresh(loan).state == Loan.State.DEFAULTED
    go_to(cast.north, DUE[0])
    assert fresh(loan).state == Loan.State.DEFAULTED
    prove_all()


def test_instalments_without_principal_do_not_count(cast: Cast) -> None:
    assert rescheduled(cast, grace=2).standing.probation_to == DUE[4]


def test_a_product_without_probation_lets_it_out_the_next_day(cast: Cast) -> None:
    loan = rescheduled(cast, probation_instalments=0)
    go_to(cast.north, date(2027, 3, 22))
    assert fresh(loan).state == Loan.State.ACTIVE
    prove_all()


def test_it_is_paid_off_at_once_and_back_in_default_when_that_is_reversed(cast: Cast) -> None:
    loan = rescheduled(cast)
    paid = settles(loan, cast)
    assert fresh(loan).state == Loan.State.PAID_OFF
    services.reverse_payment(payment=paid, reason="Bounced", key="reversed", by=cast.manager, at=moment(DEFAULTED))
    assert fresh(loan).state == Loan.State.DEFAULTED
    go_to(cast.north, date(2027, 3, 22))
    prove_all()


def test_a_loan_late_but_not_in_default_is_rescheduled_without_one(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, date(2027, 1, 31))
    rows = services.new_rows(fresh(loan), instalments=12, rate_bps=2400, grace=0, carried_minor=0)
    assert services.probation_to(fresh(loan), rows) is None


def test_a_loan_in_default_by_now_is_not_replaced_by_another(cast: Cast) -> None:
    first = running(cast)
    second = approved(cast, application(cast, lend("Larger loan", "71"), "3000", tops_up=fresh(first)))
    go_to(cast.north, DEFAULTED)
    with pytest.raises(Refused, match="in default by now"):
        services.disburse(loan=second, by=cast.manager, at=moment(DEFAULTED))
