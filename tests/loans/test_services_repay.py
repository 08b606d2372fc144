"""Paying out and paying back: once, in the order agreed, never beyond the settlement figure, undone without a trace left over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.queries import funds_of
from portal.ledger.chart import branch_account
from portal.ledger.errors import InsufficientFunds
from portal.ledger.queries import balance_at
from portal.loans import queries, services
from portal.loans.models import Disbursement, Early, Loan, Payment
from tests.cast import NOW, Cast, fund, ghs
from tests.loans.lending import (
    after,
    application,
    approved,
    fresh,
    go_to,
    lend,
    moment,
    pays,
    prove_all,
    running,
    settles,
)

pytestmark = pytest.mark.django_db
FIRST_DUE = date(2026, 12, 21)


class TestDisburse:
    def test_the_money_lies_in_the_account_and_the_principal_in_the_loans(self, cast: Cast) -> None:
        loan = running(cast, lend(fee_bps=100, fee_minor=500))
        assert queries.outstanding(loan) == ghs("1200")
        assert funds_of(cast.ama_savings).booked == ghs("2200") - ghs("17")
        prove_all()

    def test_twice_is_once(self, cast: Cast) -> None:
        loan = running(cast)
        services.disburse(loan=loan, by=cast.manager, at=NOW)
        assert Disbursement.objects.count() == 1
        assert queries.outstanding(loan) == ghs("1200")

    def test_an_open_condition_holds_it_back(self, cast: Cast) -> None:
        loan = approved(cast, application(cast, lend()), conditions=["Bring the invoice"])
        with pytest.raises(Refused, match="Bring the invoice"):
            services.disburse(loan=loan, by=cast.manager, at=NOW)
        condition = loan.decisions.get().conditions.get()
        services.meet_condition(condition=condition, note="Invoice 17 seen", by=cast.manager, at=NOW)
        services.disburse(loan=loan, by=cast.manager, at=NOW)

    def test_nobody_pays_out_what_is_not_approved(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="only an approved one"):
            services.disburse(loan=application(cast, lend()), by=cast.manager, at=NOW)

    def test_cash_comes_out_of_the_drawer(self, cast: Cast) -> None:
        vault = branch_account(cast.north.pk, "1011")
        before = balance_at(vault, cast.north.business_date)
        services.disburse(loan=approved(cast, application(cast, lend())), cash=vault, by=cast.manager, at=NOW)
        assert balance_at(vault, cast.north.business_date) == before - ghs("1200")

    def test_a_top_up_ends_the_loan_before_it(self, cast: Cast) -> None:
        first = running(cast)
        go_to(cast.north, after(10))
        whole = queries.settlement(fresh(first), after(10)).total
        second = approved(cast, application(cast, lend("Larger loan", "71"), "3000", tops_up=fresh(first)))
        services.disburse(loan=second, by=cast.manager, at=moment(after(10)))
        assert fresh(first).state == Loan.State.PAID_OFF
        assert Disbursement.objects.get(loan=second).settled_minor == whole
        prove_all()


class TestRepay:
    def test_an_instalment_on_its_day(self, cast: Cast) -> None:
        loan = running(cast)
        go_to(cast.north, FIRST_DUE)
        row = queries.position_of(loan).rows[0]
        paid = pays(loan, ghs("214.23"), cast)
        assert (paid.interest_minor, paid.principal_minor) == (row.interest_minor, row.principal_minor)
        prove_all()

    def test_the_same_key_pays_once(self, cast: Cast) -> None:
        loan, key = running(cast), new_key()
        first = pays(loan, "100", cast, key=key)
        assert pays(loan, "100", cast, key=key) == first
        assert Payment.objects.count() == 1

    def test_one_pesewa_settles_nothing(self, cast: Cast) -> None:
        fund(cast.ama_savings, ghs("9000"))
        loan = running(cast, amount="4000")
        pays(loan, "0.01", cast)
        assert fresh(loan).state == Loan.State.ACTIVE
        assert queries.outstanding(loan) == ghs("3999.99")
        prove_all()

    def test_too_little_money_leaves_the_loan_as_it_was(self, cast: Cast) -> None:
        loan = running(cast)
        with pytest.raises(InsufficientFunds, match="at most"):
            pays(loan, "900", cast, source=cast.ama_current)
        assert not Payment.objects.exists()
        assert queries.outstanding(loan) == ghs("1200")

    def test_more_than_the_settlement_figure_is_refused(self, cast: Cast) -> None:
        loan = running(cast)
        with pytest.raises(Refused, match=r"GHS 1,200.00 settles"):
            pays(loan, "1200.01", cast)

    def test_what_is_paid_too_much_in_cash_can_be_given_back(self, cast: Cast) -> None:
        loan = running(cast)
        vault = branch_account(cast.north.pk, "1011")
        pays(loan, "1250", cast, by=cast.cashier, source=None, cash=vault, keeps_over=True)
        assert fresh(loan).standing.over_minor == 5_000
        refund: dict[str, Any] = {
            "loan": loan,
            "target": cast.ama_savings,
            "key": new_key(),
            "by": cast.manager,
            "at": NOW,
        }
        services.refund_over(amount=ghs("50"), **refund)
        services.refund_over(amount=ghs("50"), **refund)
        with pytest.raises(Refused, match="no more is given back"):
            services.refund_over(amount=ghs("0.01"), **(refund | {"key": new_key()}))
        prove_all()

    @pytest.mark.parametrize("early", list(Early))
    def test_early_and_to_the_end(self, cast: Cast, early: Early) -> None:
        loan = running(cast)
        go_to(cast.north, after(12))
        pays(loan, "500", cast, early=early)
        prove_all()
        go_to(cast.north, after(75))
        pays(loan, "250", cast, early=early)
        prove_all()
        settles(loan, cast)
        assert fresh(loan).state == Loan.State.PAID_OFF
        assert queries.outstanding(loan) == ghs("0")
        prove_all()

    def test_another_branchs_drawer_takes_it_too(self, cast: Cast) -> None:
        loan = running(cast)
        vault = branch_account(cast.south.pk, "1011")
        pays(loan, "50", cast, by=cast.rival_cashier, source=None, cash=vault, branch=cast.south)
        prove_all()


class TestReverse:
    def test_the_money_goes_back_and_the_loan_is_as_before(self, cast: Cast) -> None:
        loan = running(cast)
        go_to(cast.north, FIRST_DUE)
        before = queries.position_of(fresh(loan))
        paid = pays(loan, "214.23", cast)
        self.reverse(paid, cast)
        assert queries.position_of(fresh(loan)) == before
        prove_all()

    def test_later_payments_fill_what_it_had_filled(self, cast: Cast) -> None:
        loan = running(cast)
        go_to(cast.north, FIRST_DUE)
        first = pays(loan, "214.23", cast)
        go_to(cast.north, date(2027, 1, 21))
        second = pays(loan, "214.23", cast)
        assert second.interest_minor < first.interest_minor
        self.reverse(first, cast)
        again = queries.parts_now(queries.payments_of(loan).get(pk=second.pk))
        assert (again.interest, again.principal) == (first.interest_minor, first.principal_minor)
        assert fresh(loan).standing.days_late == 0
        go_to(cast.north, date(2027, 1, 22))
        assert fresh(loan).standing.days_late == 1
        prove_all()

    def test_an_early_payment_takes_its_schedule_with_it(self, cast: Cast) -> None:
        loan = running(cast)
        go_to(cast.north, after(12))
        early = pays(loan, "600", cast)
        go_to(cast.north, FIRST_DUE)
        pays(loan, "214.23", cast)
        self.reverse(early, cast)
        prove_all()
        assert len(queries.position_of(fresh(loan)).rows) == 6

    def test_what_settled_the_loan_opens_it_again(self, cast: Cast) -> None:
        loan = running(cast)
        go_to(cast.north, after(20))
        paid = settles(loan, cast)
        self.reverse(paid, cast)
        assert fresh(loan).state == Loan.State.ACTIVE
        assert queries.outstanding(loan) == ghs("1200")
        go_to(cast.north, after(21))
        prove_all()

    def test_twice_is_once(self, cast: Cast) -> None:
        loan = running(cast)
        paid = pays(loan, "100", cast)
        assert self.reverse(paid, cast) == self.reverse(paid, cast)
        assert queries.outstanding(loan) == ghs("1200")

    def test_what_was_given_back_cannot_be_taken_again(self, cast: Cast) -> None:
        loan = running(cast)
        vault = branch_account(cast.north.pk, "1011")
        paid = pays(loan, "1250", cast, by=cast.cashier, source=None, cash=vault, keeps_over=True)
        services.refund_over(
            loan=loan, amount=ghs("50"), target=cast.ama_savings, key=new_key(), by=cast.manager, at=NOW
        )
        with pytest.raises(Refused, match="given back"):
            self.reverse(paid, cast)

    def reverse(self, paid: Payment, cast: Cast) -> object:
        at = moment(fresh(paid.loan).branch.business_date)
        return services.reverse_payment(
            payment=paid, reason="Typed wrongly", key=f"reverse:{paid.pk}", by=cast.manager, at=at
        )
