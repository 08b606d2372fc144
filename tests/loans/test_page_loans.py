"""The pages of loans: what they show to whom, and what they refuse without losing what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.loans import queries
from portal.loans.models import Loan, LoanProduct
from tests.cast import NOW, Cast
from tests.loans.lending import application, fresh, go_to, handed_in, lend, pays, running

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


def test_the_calculator_refuses_what_the_product_does_not_lend(cast: Cast, client_for: ClientFor) -> None:
    lend()
    client = client_for(cast.ama_user)
    answer = client.get("/loans/calculator/", {"product": "70", "amount": "9", "instalments": "6"})
    assert "is lent from GHS 100.00 to GHS 50,000.00" in answer.content.decode()


def test_a_list_shows_members_their_own_loans_only(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    assert loan.number[-4:] in client_for(cast.ama_user).get("/loans/").content.decode()
    assert "There is no loan here" in client_for(cast.kofi_user).get("/loans/").content.decode()


@pytest.mark.parametrize("amount", ["1200.01", "0", "-5", "1e3"])
def test_a_payment_that_is_refused_changes_nothing(cast: Cast, client_for: ClientFor, amount: str) -> None:
    loan = running(cast)
    client = client_for(cast.ama_user)
    key = client.get(f"/loans/{loan.number}/pay/").context["form"]["key"].value()
    typed = {"amount": amount, "account": cast.ama_savings.number, "early": "fewer", "key": key}
    answer = client.post(f"/loans/{loan.number}/pay/", typed)
    assert answer.status_code == 422
    assert f'value="{amount}"' in answer.content.decode()
    assert queries.outstanding(fresh(loan)).minor == 120_000


def test_the_same_form_twice_pays_once(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    client = client_for(cast.ama_user)
    key = client.get(f"/loans/{loan.number}/pay/").context["form"]["key"].value()
    typed = {"amount": "100", "account": cast.ama_savings.number, "early": "fewer", "key": key}
    assert {client.post(f"/loans/{loan.number}/pay/", typed).status_code for _ in range(2)} == {303}
    assert queries.outstanding(fresh(loan)).minor == 110_000


def test_anothers_account_pays_nothing(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    client = client_for(cast.ama_user)
    key = client.get(f"/loans/{loan.number}/pay/").context["form"]["key"].value()
    typed = {"amount": "100", "account": cast.kofi_savings.number, "early": "fewer", "key": key}
    assert client.post(f"/loans/{loan.number}/pay/", typed).status_code == 422


def test_a_manager_reverses_a_payment_and_asks_for_a_write_off(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    paid = pays(loan, "100", cast)
    manager = client_for(cast.manager)
    answer = manager.post(f"/loans/{loan.number}/payments/{paid.pk}/reverse/", {"reason": "Typed wrongly"})
    assert answer.status_code == 303
    assert queries.outstanding(fresh(loan)).minor == 120_000
    assert manager.post(f"/loans/{loan.number}/change/write-off/", {"reason": "Lost"}).status_code == 422
    go_to(cast.north, date(2027, 3, 21))
    assert manager.post(f"/loans/{loan.number}/change/write-off/", {"reason": "Lost"}).status_code == 303
    decide(request=Request.objects.get(), approve=True, by=cast.operations_manager, at=NOW)
    assert fresh(loan).state == Loan.State.WRITTEN_OFF


def test_rescheduling_is_asked_for_and_shows_what_changes(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    typed = {"instalments": "12", "rate": "24", "grace": "0", "reason": "Lost a job"}
    assert client_for(cast.manager).post(f"/loans/{loan.number}/change/reschedule/", typed).status_code == 303
    request = Request.objects.get()
    shown = client_for(cast.operations_manager).get(f"/approvals/{request.pk}/").content.decode()
    assert "Instalments left" in shown


def test_a_cashier_sees_any_loan_but_decides_on_none(cast: Cast, client_for: ClientFor) -> None:
    loan = handed_in(application(cast, lend()))
    client = client_for(cast.cashier)
    assert client.get(f"/loans/{loan.number}/").status_code == 200
    assert client.post(f"/loans/{loan.number}/review/reject/", {"reason": "No"}).status_code == 403


def test_new_terms_wait_for_a_second_person_and_offer_the_product(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    made = client.post("/loans/products/new/", {"code": "70", "name": "Member loan", "description": ""})
    assert made.status_code == 303
    form = client.get("/loans/products/70/terms/").context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    typed |= {"rate_min_bps": "12", "rate_bps": "24", "rate_max_bps": "36", "amount_min_minor": "100"}
    typed |= {"amount_max_minor": "50000", "reason": "First", "from_0": "10000", "people_0": "2"}
    answer = client.post("/loans/products/70/terms/", typed)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    decide(request=Request.objects.get(), approve=True, by=cast.administrator, at=NOW)
    product = LoanProduct.objects.get()
    assert (product.state, product.terms.get().rate_bps) == (LoanProduct.State.OFFERED, 2400)
    assert "24 %" in client.get("/loans/products/70/").content.decode()


def test_the_portfolio_counts_what_is_late(cast: Cast, client_for: ClientFor) -> None:
    running(cast)
    go_to(cast.north, date(2027, 2, 1))
    shown = client_for(cast.manager).get("/loans/portfolio/").content.decode()
    assert "31 to 60 days" in shown
    assert "100 %" in shown
