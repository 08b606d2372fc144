"""Many at once: a loan is paid out once, settled once, and worked off once a day."""

from __future__ import annotations

import pytest

from portal.base.errors import Refused
from portal.loans import queries, services
from portal.loans.models import Disbursement, Loan, Payment, Penalty
from tests.cast import NOW, assemble, ghs
from tests.deposits.test_services_at_once import all_at_once
from tests.loans.lending import after, application, approved, fresh, go_to, lend, moment, pays, prove_all, running

pytestmark = pytest.mark.django_db(transaction=True)


def test_paid_out_by_many_it_is_paid_out_once() -> None:
    cast = assemble()
    loan = approved(cast, application(cast, lend()))
    answers = all_at_once(lambda _: services.disburse(loan=loan, by=cast.manager, at=NOW), 8)
    assert {answer.pk for answer in answers} == {Disbursement.objects.get().pk}
    assert queries.outstanding(fresh(loan)) == ghs("1200")


def test_settled_by_many_it_is_settled_once() -> None:
    cast = assemble()
    loan = running(cast)
    answers = all_at_once(lambda _: pays(loan, "1200", cast), 8)
    assert sum(isinstance(answer, Payment) for answer in answers) == 1
    assert sum(isinstance(answer, Refused) for answer in answers) == 7
    assert fresh(loan).state == Loan.State.PAID_OFF
    prove_all()


def test_two_workers_and_payments_beside_them_do_each_day_once() -> None:
    cast = assemble()
    loan = running(cast)
    go_to(cast.north, after(40), works=False)

    def work(number: int) -> object:
        if number % 2:
            return pays(loan, "10", cast)
        return services.work_loans(branch=fresh(loan).branch, at=moment(after(40)))

    all_at_once(work, 8)
    services.work_loans(branch=fresh(loan).branch, at=moment(after(40)))
    days = list(Penalty.objects.filter(loan=loan).values_list("on", flat=True))
    assert len(days) == len(set(days))
    assert fresh(loan).standing.worked_to == after(40)
    prove_all()
