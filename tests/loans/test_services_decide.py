"""From application to decision: nobody decides alone on what they wrote, above their ceiling, or about themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.approvals.models import Ceiling, Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.deposits.queries import funds_of
from portal.ledger.chart import branch_account
from portal.ledger.queries import balance_at
from portal.loans import queries, services
from portal.loans.models import Decision, Guarantor, Loan, StateChange
from portal.notifications.models import Notice
from tests.cast import NOW, TODAY, Cast, ghs, make_user
from tests.loans.lending import application, approved, fresh, handed_in, lend, payslip

pytestmark = pytest.mark.django_db


def proposed(cast: Cast, loan: Loan, **more: Any) -> Request:
    held = services.take_up(loan=handed_in(loan), by=cast.manager, at=NOW)
    values: dict[str, Any] = {"amount": held.amount, "instalments": held.instalments, "rate_bps": 2400} | more
    return services.propose(
        loan=held, conditions=["Bring the invoice"], reason="Steady", by=cast.manager, at=NOW, **values
    )


class TestApplying:
    def test_asked_twice_it_is_the_same_application(self, cast: Cast) -> None:
        product = lend()
        assert application(cast, product) == application(cast, product)

    def test_what_is_missing_is_named_and_nothing_is_handed_in(self, cast: Cast) -> None:
        loan = application(cast, lend(guarantors_min=1))
        assert [each.code for each in services.missing(loan)] == ["papers", "guarantors"]
        with pytest.raises(Refused, match="Proof of income"):
            services.submit(loan=loan, by=cast.ama_user, at=NOW)

    @pytest.mark.parametrize(("amount", "count"), [("99.99", 6), ("50000.01", 6), ("1000", 2), ("1000", 25)])
    def test_the_products_bounds_hold(self, cast: Cast, amount: str, count: int) -> None:
        with pytest.raises(Refused):
            application(cast, lend(), amount, count)

    def test_the_rate_is_the_products(self, cast: Cast) -> None:
        loan = application(cast, lend())
        services.fill_in(loan=loan, values={"rate_bps": 1}, by=cast.ama_user, at=NOW)
        assert fresh(loan).rate_bps == 2400

    def test_another_members_account_cannot_be_paid_into(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="of your own"):
            services.fill_in(
                loan=application(cast, lend()), values={"pay_to": cast.kofi_savings}, by=cast.ama_user, at=NOW
            )


class TestGuarantors:
    def named(self, cast: Cast, loan: Loan) -> Guarantor:
        return services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("400"), by=cast.ama_user, at=NOW)

    def test_who_accepts_has_the_amount_held_until_the_end(self, cast: Cast) -> None:
        loan = application(cast, lend())
        guarantor = self.named(cast, loan)
        handed_in(loan)
        for _ in range(2):
            services.accept_guarantee(guarantor=guarantor, account=cast.kofi_savings, by=cast.kofi_user, at=NOW)
        assert funds_of(cast.kofi_savings).held == ghs("400")
        services.withdraw_application(loan=loan, reason="Found another way", by=cast.ama_user, at=NOW)
        assert funds_of(cast.kofi_savings).held == ghs("0")

    def test_who_declined_is_no_guarantor_when_it_is_handed_in_again(self, cast: Cast) -> None:
        loan = application(cast, lend(guarantors_min=1))
        guarantor = self.named(cast, loan)
        payslip(cast, loan)
        services.submit(loan=loan, by=cast.ama_user, at=NOW)
        services.decline_guarantee(guarantor=guarantor, by=cast.kofi_user, at=NOW)
        held = services.take_up(loan=loan, by=cast.manager, at=NOW)
        services.return_application(loan=held, lacks=["Another guarantor"], by=cast.manager, at=NOW)
        assert [each.text for each in services.missing(fresh(loan))] == ["1 guarantor"]
        with pytest.raises(Refused, match="Still missing: 1 guarantor"):
            services.submit(loan=loan, by=cast.ama_user, at=NOW)

    def test_too_little_is_not_held(self, cast: Cast) -> None:
        loan = application(cast, lend())
        guarantor = services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("501"), by=cast.ama_user, at=NOW)
        handed_in(loan)
        with pytest.raises(Refused, match="does not have"):
            services.accept_guarantee(guarantor=guarantor, account=cast.kofi_savings, by=cast.kofi_user, at=NOW)

    def test_nobody_stands_for_themselves(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="their own loan"):
            services.name_guarantor(
                loan=application(cast, lend()), customer=cast.ama, amount=ghs("1"), by=cast.ama_user, at=NOW
            )

    def test_without_acceptance_nothing_is_granted(self, cast: Cast) -> None:
        loan = application(cast, lend(guarantors_min=1))
        self.named(cast, loan)
        with pytest.raises(Refused, match="0 of 1 guarantors"):
            proposed(cast, loan)


class TestDeciding:
    def test_a_second_person_grants_it(self, cast: Cast) -> None:
        request = proposed(cast, application(cast, lend()), amount=ghs("1000"))
        decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
        loan = queries.loan_by_number(request.subject)
        assert loan is not None
        assert (loan.state, loan.amount) == (Loan.State.APPROVED, ghs("1000"))
        assert Decision.objects.get().conditions.get().text == "Bring the invoice"
        states = [change.after for change in StateChange.objects.filter(loan=loan)]
        assert states == ["draft", "review", "approved"]

    def test_what_waits_for_a_decision_is_not_proposed_again(self, cast: Cast) -> None:
        loan = application(cast, lend())
        proposed(cast, loan)
        with pytest.raises(Refused, match="has asked for this already"):
            services.propose(
                loan=loan,
                amount=loan.amount,
                instalments=7,
                rate_bps=2400,
                conditions=(),
                reason="Steady",
                by=cast.manager,
                at=NOW,
            )

    def test_who_proposed_does_not_decide(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="asked for this yourself"):
            decide(request=proposed(cast, application(cast, lend())), approve=True, by=cast.manager, at=NOW)

    def test_the_database_refuses_it_too(self, cast: Cast) -> None:
        loan = application(cast, lend())
        values = {"loan": loan, "outcome": "approved", "amount_minor": 1, "instalments": 1, "rate_bps": 1, "at": NOW}
        for column in ("asked_by", "applied_by"):
            with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
                Decision.objects.create(decided_by=cast.manager, **{column: cast.manager}, **values)

    def test_above_the_ceiling_it_is_somebody_elses(self, cast: Cast) -> None:
        Ceiling.objects.create(
            role=Role.OPERATIONS_MANAGER,
            capability=Capability.LOAN_DECIDE,
            amount_minor=100_000,
            currency="GHS",
            effective_from=TODAY,
            reason="Careful",
            asked_by=cast.manager,
            approved_by=cast.administrator,
            at=NOW,
        )
        with pytest.raises(Refused, match=r"up to GHS 1,000.00"):
            decide(request=proposed(cast, application(cast, lend())), approve=True, by=cast.operations_manager, at=NOW)

    def test_larger_amounts_climb_the_ladder(self, cast: Cast) -> None:
        request = proposed(cast, application(cast, lend(ladder=((100_000, 2),))))
        decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
        loan = queries.loan_by_number(request.subject)
        assert loan is not None
        assert loan.state == Loan.State.REVIEW
        second = make_user(Role.MANAGER, "Second Manager", branch=cast.north)
        decide(request=request, approve=True, by=second, at=NOW)
        assert fresh(loan).state == Loan.State.APPROVED

    def test_another_branchs_manager_cannot(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="may not decide"):
            decide(request=proposed(cast, application(cast, lend())), approve=True, by=cast.rival_manager, at=NOW)

    def test_turned_down_the_application_is_rejected_and_guarantors_are_free(self, cast: Cast) -> None:
        loan = application(cast, lend())
        guarantor = services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("400"), by=cast.ama_user, at=NOW)
        handed_in(loan)
        services.accept_guarantee(guarantor=guarantor, account=cast.kofi_savings, by=cast.kofi_user, at=NOW)
        request = proposed(cast, loan)
        decide(request=request, approve=False, comment="Too much debt", by=cast.operations_manager, at=NOW)
        assert fresh(loan).state == Loan.State.REJECTED
        assert Decision.objects.get().reason == "Too much debt"
        assert funds_of(cast.kofi_savings).held == ghs("0")

    def test_withdrawn_meanwhile_nothing_is_granted(self, cast: Cast) -> None:
        request = proposed(cast, application(cast, lend()))
        loan = queries.loan_by_number(request.subject)
        assert loan is not None
        services.withdraw_application(loan=loan, reason="Changed my mind", by=cast.ama_user, at=NOW)
        with pytest.raises(Refused, match="withdrawn"):
            decide(request=request, approve=True, by=cast.operations_manager, at=NOW)

    @pytest.mark.parametrize("rate", [1199, 3601])
    def test_nobody_grants_a_rate_outside_the_product(self, cast: Cast, rate: int) -> None:
        with pytest.raises(Refused, match="rate lies between"):
            proposed(cast, application(cast, lend()), rate_bps=rate)

    def test_nothing_moves_before_it_is_paid_out(self, cast: Cast) -> None:
        before = balance_at(branch_account(cast.north.pk, "1011"), TODAY)
        request = proposed(cast, application(cast, lend()))
        decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
        assert funds_of(cast.ama_savings).booked == ghs("1000")
        assert balance_at(branch_account(cast.north.pk, "1011"), TODAY) == before


class TestTelling:
    def test_the_member_hears_of_each_step_once(self, cast: Cast) -> None:
        loan = application(cast, lend())
        services.return_application(
            loan=services.take_up(loan=handed_in(loan), by=cast.manager, at=NOW),
            lacks=["The last payslip"],
            by=cast.manager,
            at=NOW,
        )
        paid = approved(cast, loan)
        for _ in range(2):
            services.disburse(loan=paid, by=cast.manager, at=NOW)
        told = Notice.objects.filter(user=cast.ama_user, kind__startswith="loan.").order_by("pk")
        assert list(told.values_list("kind", flat=True)) == ["loan.missing", "loan.decided", "loan.paid_out"]
        assert "The last payslip" in told[0].text
        assert told[1].subject == "Your application for a loan: approved"

    def test_guarantors_are_asked_once_it_is_handed_in(self, cast: Cast) -> None:
        loan = application(cast, lend())
        services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("100"), by=cast.ama_user, at=NOW)
        asked = Notice.objects.filter(user=cast.kofi_user, kind="loan.guarantee")
        assert not asked.exists()
        payslip(cast, loan)
        services.submit(loan=fresh(loan), by=cast.ama_user, at=NOW)
        assert "stand for a loan with GHS 100.00" in asked.get().text
