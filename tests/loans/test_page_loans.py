"""The pages of loans: what they show to whom, and what they refuse without losing what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.queries import funds_of
from portal.loans import queries
from portal.loans.models import Loan, LoanProduct
from portal.loans.pages.terms_form import GROUPS
from portal.loans.papers import loan_pdf
from portal.loans.services import reverse_payment
from portal.loans.services.products import COPIED
from tests.cast import NOW, Cast, ghs
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
    typed = {"amount": "100", "account": cast.ama_savings.number, "early": "fewer", "key": key, "confirm": "1"}
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
    assert f'<a href="/loans/{loan.number}/">' in shown
    waits = client_for(cast.manager).get(f"/loans/{loan.number}/").content.decode()
    assert "Waits for a second person" in waits
    assert "Waits for" not in client_for(cast.ama_user).get(f"/loans/{loan.number}/").content.decode()
    decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
    step = client_for(cast.manager).get(f"/loans/{loan.number}/").context["steps"][-1]
    assert (step.what, step.why) == ("Rescheduled", "Lost a job")
    assert step.who == f"{cast.manager} and {cast.operations_manager}"


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
    seen = client.post("/loans/products/70/terms/", typed | {"preview": "1"})
    assert [amount for amount, _ in seen.context["loans"]] == [ghs("100"), ghs("25050"), ghs("50000")]
    assert dict(seen.context["loans"][0][1])["Instalment then"] == ghs("9.46")
    assert ("Rate a year", "–", "24 %") in seen.context["changes"]
    assert not Request.objects.exists()
    answer = client.post("/loans/products/70/terms/", typed)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    decide(request=Request.objects.get(), approve=True, by=cast.administrator, at=NOW)
    product = LoanProduct.objects.get()
    assert (product.state, product.terms.get().rate_bps) == (LoanProduct.State.OFFERED, 2400)
    assert "24 %" in client.get("/loans/products/70/").content.decode()


def test_every_column_of_terms_stands_in_the_form_once() -> None:
    shown = [name for _, names in GROUPS for name in names]
    assert sorted(shown) == sorted(COPIED)


def test_the_portfolio_counts_what_is_late(cast: Cast, client_for: ClientFor) -> None:
    running(cast)
    go_to(cast.north, date(2027, 2, 1))
    shown = client_for(cast.manager).get("/loans/portfolio/").content.decode()
    assert "31 to 60 days" in shown
    assert "100 %" in shown


def test_a_payment_is_checked_before_it_moves_anything(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    client, page = client_for(cast.ama_user), f"/loans/{loan.number}/pay/"
    key = client.get(page).context["form"]["key"].value()
    typed = {"amount": "200", "account": cast.ama_savings.number, "early": "fewer", "key": key}
    told = client.post(page, typed)
    assert dict(told.context["rows"])["Of it: principal"] == ghs("200")
    assert dict(told.context["rows"])["Left of the loan after"] == ghs("1000")
    assert queries.outstanding(fresh(loan)) == ghs("1200")
    assert 'value="200"' in client.post(page, typed | {"change": "1"}).content.decode()
    done = client.post(page, typed | {"confirm": "1"})
    assert done.headers["Location"] == f"/receipts/{fresh(loan).payments.get().entry.reference}/"
    assert queries.outstanding(fresh(loan)) == ghs("1000")


def test_more_than_the_account_has_is_told_before_the_check(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    account = cast.kofi_savings
    client, page = client_for(cast.ama_user), f"/loans/{loan.number}/pay/"
    form = client.get(page).context["form"]
    have = funds_of(cast.ama_savings).available
    withdraw = {"amount": "1000", "account": cast.ama_savings.number, "early": "fewer", "key": form["key"].value()}
    services.transfer(
        source=cast.ama_savings, target=account, amount=have, key=new_key(), memo="", by=cast.ama_user, at=NOW
    )
    answer = client.post(page, withdraw)
    assert (answer.status_code, answer.context["form"].errors["amount"]) == (
        422,
        ["At most GHS 0.00 is available in this account. Nothing was posted."],
    )


def test_the_settlement_figure_of_any_day_ahead(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    client, page = client_for(cast.ama_user), f"/loans/{loan.number}/settlement/"
    assert client.get(page).context["total"] == ghs("1200")
    later = client.get(page, {"on": "2026-12-21"})
    assert later.context["total"] == ghs("1224")
    assert dict(later.context["parts"])["Interest"] == ghs("24")
    for wrong in ("2026-11-20", "2029-01-01", "never"):
        assert client.get(page, {"on": wrong}).status_code == 422


def test_a_settlement_letter_is_for_the_day_that_was_asked_for(cast: Cast) -> None:
    plan = loan_pdf(by=cast.ama_user, at=NOW, number=running(cast).number, kind="settlement", on="2026-12-21")
    assert (plan.context["day"], plan.context["total"]) == (date(2026, 12, 21), ghs("1224"))


def test_what_was_filled_in_stands_there_when_one_comes_back(cast: Cast, client_for: ClientFor) -> None:
    loan = application(cast, lend())
    shown = client_for(cast.ama_user).get(f"/loans/{loan.number}/application/income/").content.decode()
    assert 'value="3000.00"' in shown
    assert 'value="800.00"' in shown


def test_the_inbox_is_narrowed_and_an_application_looked_at_beside_it(cast: Cast, client_for: ClientFor) -> None:
    loan = handed_in(application(cast, lend()))
    client = client_for(cast.manager)
    looked = client.get("/loans/inbox/", {"look": loan.number}).content.decode()
    assert "Left each month" in looked
    assert "– missing" in looked
    for narrowed, found in (({"least": "1200"}, True), ({"least": "1200.01"}, False), ({"age": "7"}, False)):
        assert (loan.customer.full_name in client.get("/loans/inbox/", narrowed).content.decode()) is found


def test_each_payment_shows_what_it_is_used_for_also_after_an_earlier_one_was_reversed(
    cast: Cast, client_for: ClientFor
) -> None:
    loan = running(cast)
    go_to(cast.north, date(2026, 12, 21))
    first, second = pays(loan, "100", cast), pays(loan, "50", cast)
    client = client_for(cast.manager)
    reverse_payment(payment=first, reason="Typed wrongly", key=new_key(), by=cast.manager, at=NOW)
    context = client.get(f"/loans/{loan.number}/").context
    used = {payment.pk: parts for payment, parts in context["payments"]}
    assert (used[second.pk].interest, used[second.pk].is_moved) == (ghs("24"), True)
    assert used[first.pk].principal == ghs("0")


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_lists_ask_as_little_for_many_loans_as_for_few(cast: Cast, client_for: ClientFor) -> None:
    member, manager = client_for(cast.ama_user), client_for(cast.manager)
    counts = []
    for number in range(3):
        running(cast, lend(f"Running {number}", f"8{number}"))
        handed_in(application(cast, lend(f"Asked for {number}", f"9{number}")))
        counts.append((queries_of(member, "/loans/"), queries_of(manager, "/loans/inbox/")))
    assert counts[1] == counts[2]


def test_the_curve_begins_with_what_was_paid_out(cast: Cast, client_for: ClientFor) -> None:
    loan = running(cast)
    shown = client_for(cast.ama_user).get(f"/loans/{loan.number}/schedule/").content.decode()
    assert "7 points, at most GHS 1,200.00" in shown
