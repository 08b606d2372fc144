"""Day by day: each loan once, missed days one at a time, one loan's failure alone, default and what it does to interest."""

from __future__ import annotations

from datetime import date

import pytest

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Posting
from portal.loans import queries, services
from portal.loans.models import Loan, Penalty, PortfolioDay, Schedule, Setback, Standing, StateChange
from portal.loans.services.collecting import collect_due
from portal.notifications.models import Notice
from portal.notifications.services import Choice, choose
from portal.outbox.models import Job
from tests.cast import Cast, fund, ghs
from tests.loans.lending import after, application, approved, fresh, go_to, lend, moment, pays, prove_all, running

pytestmark = pytest.mark.django_db
FIRST_DUE = date(2026, 12, 21)


def net(cast: Cast, code: str) -> int:
    """A line of North's books, debit above zero."""
    account = chart.branch_account(cast.north.pk, code)
    return sum(
        each.amount_minor if each.side == "D" else -each.amount_minor
        for each in Posting.objects.filter(account=account)
    )


def test_interest_is_earned_day_by_day_and_a_day_once(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, after(15))
    services.work_loans(branch=cast.north, at=moment(after(15)))
    assert fresh(loan).standing.accrued_minor == -net(cast, chart.LOAN_INTEREST_INCOME) == 1_200
    prove_all()


def test_missed_days_come_one_at_a_time(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, date(2026, 12, 26))
    days = list(Penalty.objects.filter(loan=loan).order_by("on").values_list("on", "days_late"))
    assert days == [(date(2026, 12, 21 + late), late) for late in range(1, 6)]
    assert PortfolioDay.objects.values("on").distinct().count() == 35
    prove_all()


def test_a_penalty_is_the_rate_of_what_is_late(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, date(2026, 12, 31))
    late = fresh(loan).standing.late_minor
    assert fresh(loan).standing.penalty_minor == late * 10 // 1_000


def test_one_loan_that_cannot_be_worked_off_leaves_its_neighbours_alone(cast: Cast) -> None:
    product = lend()
    broken, fine = running(cast, product), running(cast, lend("Other loan", "71"))
    empty = Schedule.objects.create(
        loan=broken, number=2, cause="early", starts_on=after(0), principal_minor=1, rate_bps=1, at=moment(after(0))
    )
    Standing.objects.filter(loan=broken).update(schedule=empty)
    go_to(cast.north, after(1))
    assert (fresh(fine).standing.worked_to, fresh(broken).standing.worked_to) == (after(1), after(0))
    assert Setback.objects.get().loan == broken


def test_ninety_days_late_is_default_and_its_interest_waits(cast: Cast) -> None:
    loan = running(cast)
    day = date(2027, 3, 21)
    go_to(cast.north, day)
    held = fresh(loan)
    assert (held.state, held.standing.days_late) == (Loan.State.DEFAULTED, 90)
    assert StateChange.objects.filter(loan=loan, after="defaulted", reason="90 days past due", by=None).count() == 1
    assert net(cast, chart.LOAN_INTEREST_INCOME) == 0
    assert -net(cast, chart.SUSPENDED_INTEREST) == net(cast, chart.LOAN_INTEREST_DUE)
    assert -net(cast, chart.LOAN_PROVISION) == 120_000 * 2500 // 10_000
    prove_all()


def test_what_is_paid_of_a_loan_in_default_becomes_income_and_all_of_it_once_nothing_is_late(cast: Cast) -> None:
    fund(cast.ama_savings, ghs("5000"))
    loan = running(cast)
    go_to(cast.north, date(2027, 3, 21))
    paid = pays(loan, "100", cast)
    assert paid.penalty_minor > 0
    position = queries.position_of(fresh(loan))
    pays(loan, ghs("900"), cast)
    assert position.days_late(date(2027, 3, 21)) == 90
    assert fresh(loan).state == Loan.State.ACTIVE
    assert net(cast, chart.SUSPENDED_INTEREST) == 0
    go_to(cast.north, date(2027, 3, 22))
    prove_all()


def test_instalments_are_taken_from_the_account_that_was_named(cast: Cast) -> None:
    loan = running(cast)
    services.collect_from(loan=loan, account=cast.ama_savings, by=cast.ama_user, at=moment(after(0)))
    go_to(cast.north, FIRST_DUE)
    at = moment(FIRST_DUE)
    assert collect_due(branch=fresh(loan).branch, at=at) == (1, 0)
    assert collect_due(branch=fresh(loan).branch, at=at) == (0, 0)
    assert queries.position_of(fresh(loan)).unpaid()[0].row.number == 2
    prove_all()


def test_members_are_told_before_and_after(cast: Cast) -> None:
    cast.ama.email = "ama@example.org"
    cast.ama.save(update_fields=["email"])
    loan = running(cast)
    for day in (date(2026, 12, 18), date(2026, 12, 22)):
        go_to(cast.north, day)
        branch = fresh(loan).branch
        services.tell_of_arrears(branch=branch, at=moment(day))
        services.tell_of_arrears(branch=branch, at=moment(day))
    told = Notice.objects.filter(kind__in=("loan.due", "loan.overdue")).values_list("kind", "text", "url")
    link = f"/loans/{loan.number}/"
    due = f"GHS 214.23 of your loan …{loan.last_four}"
    assert list(told.order_by("pk")) == [
        ("loan.due", f"{due} is due on 21 December 2026.", link),
        ("loan.overdue", f"{due} was due on 21 December 2026 and has not been paid.", link),
    ]


def test_a_member_who_wants_no_mail_of_instalments_gets_none(cast: Cast) -> None:
    choose(
        user=cast.ama_user,
        choice=Choice(wanted={("loan.due", "app")}),
        by=cast.ama_user,
        at=moment(after(0)),
    )
    running(cast)
    go_to(cast.north, date(2026, 12, 18))
    services.tell_of_arrears(branch=Branch.objects.get(pk=cast.north.pk), at=moment(date(2026, 12, 18)))
    assert not Notice.objects.get(kind="loan.due").deliveries.exists()


def test_each_branchs_day_is_asked_for_once(cast: Cast) -> None:
    services.ask_for_loan_days(at=moment(after(0)))
    services.ask_for_loan_days(at=moment(after(0)))
    assert Job.objects.filter(kind="loans.day").count() == 2


def test_what_was_given_up_is_a_loss_and_what_comes_back_is_income(cast: Cast) -> None:
    loan = running(cast)
    go_to(cast.north, date(2027, 3, 21))
    services.write_off(
        loan=fresh(loan),
        reason="Left the country",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(date(2027, 3, 21)),
    )
    assert queries.outstanding(fresh(loan)) == ghs("0")
    assert net(cast, chart.LOAN_PROVISION) == 0
    pays(loan, "50", cast)
    assert -net(cast, chart.RECOVERY_INCOME) == 5_000
    prove_all()


def test_another_schedule_carries_interest_over_and_covers_all_that_is_outstanding(cast: Cast) -> None:
    loan = running(cast)
    day = date(2027, 1, 31)
    go_to(cast.north, day)
    due = queries.position_of(fresh(loan)).interest_to(day)
    services.reschedule(
        loan=fresh(loan),
        instalments=12,
        rate_bps=2400,
        grace=2,
        reason="Shop burnt down",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=moment(day),
    )
    position = queries.position_of(fresh(loan))
    assert sum(row.principal_minor for row in position.rows) == 120_000
    assert position.rows[0].interest_minor == due + 2_400
    assert fresh(loan).standing.days_late == 0
    first = Money(position.rows[0].principal_minor + position.rows[0].interest_minor, "GHS")
    told = Notice.objects.get(kind="loan.rescheduled", user=cast.ama_user).text
    assert f"{first} is due on {position.rows[0].due:%d %B %Y}." in told
    prove_all()
    go_to(cast.north, date(2027, 2, 28))
    pays(loan, "100", cast)
    prove_all()


def test_a_loan_paid_out_is_not_worked_off_for_its_own_day(cast: Cast) -> None:
    loan = approved(cast, application(cast, lend()))
    services.disburse(loan=loan, by=cast.manager, at=moment(after(0)))
    assert services.work_loans(branch=cast.north, at=moment(after(0))).loans == 0
