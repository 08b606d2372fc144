"""Loans and closings on the teller screen without JavaScript: card, form, receipt, visits, approval, papers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals import services as approvals
from portal.base.keys import new_key
from portal.base.money import format_amount
from portal.counter.models import Visit
from portal.deposits.keeping import left_at_closing
from portal.deposits.models import DepositAccount
from portal.deposits.receipts import code_of
from portal.drawers.models import CashMovement, DrawerSession
from portal.ledger.models import Entry
from portal.loans.models import Loan, Payment
from tests.cast import NOW, Cast
from tests.drawers.working import balance, opened
from tests.loans.lending import after, application, approved, fresh, go_to, lend, running

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


@pytest.fixture
def loan(cast: Cast) -> Loan:
    return running(cast)


@pytest.fixture
def teller(cast: Cast, loan: Loan, session: DrawerSession, client_for: ClientFor) -> Client:
    return client_for(cast.cashier)


def html(response: Any) -> str:
    return str(response.content.decode())


def typed(cast: Cast, subject: Loan | DepositAccount, **changes: Any) -> dict[str, Any]:
    return {"key": new_key(), "customer": cast.ama.number, "account": subject.number, "amount": "254"} | changes


def test_the_card_tells_what_is_due(cast: Cast, loan: Loan, client_for: ClientFor) -> None:
    go_to(cast.north, after(40))
    opened(cast.drawer, cast.cashier)
    page = html(client_for(cast.cashier).get(reverse("counter"), {"q": "102345"}))
    assert "Due today" in page
    assert re.search(rf"Loan …{loan.last_four} is \d+ days late", page)


@pytest.mark.parametrize("text", ["r 102345 254", "{number}", "r {number} 254"])
def test_a_loan_is_found_by_member_and_by_its_own_number(teller: Client, loan: Loan, text: str) -> None:
    page = html(teller.get(reverse("counter"), {"q": text.format(number=loan.number)}))
    assert '<h2 id="card-name">Ama Mensah</h2>' in page
    assert ("Repay for Ama Mensah" in re.sub(r"\s+", " ", page)) is text.startswith("r")


def test_a_member_without_a_loan_is_told_so_and_keeps_the_choice(teller: Client) -> None:
    page = html(teller.get(reverse("counter"), {"q": "r 102346"}))
    assert "Kofi Boateng has no loan" in page
    assert 'data-leg="d"' in page


def test_a_repayment_leads_to_its_receipt(cast: Cast, loan: Loan, teller: Client) -> None:
    answer = teller.post(reverse("counter_repayment"), typed(cast, loan, note_20000="1", note_5000="1", note_200="2"))
    assert answer.status_code == 303
    page = html(teller.get(answer.url))  # type: ignore[attr-defined]
    for told in ("Loan repayment", "Settles the loan today", "Principal", "Drawer 1", "254.00"):
        assert told in page


def test_what_is_refused_keeps_everything_typed(cast: Cast, loan: Loan, teller: Client) -> None:
    sent = typed(cast, loan, note_20000="1")
    refused = teller.post(reverse("counter_repayment"), sent)
    assert refused.status_code == 422
    assert f'value="{sent["key"]}"' in html(refused)
    assert not Payment.objects.exists()


def test_somebody_elses_loan_cannot_be_chosen(cast: Cast, loan: Loan, teller: Client) -> None:
    sent = typed(cast, loan, customer=cast.kofi.number)
    assert teller.post(reverse("counter_repayment"), sent).status_code == 404
    assert not Payment.objects.exists()


def test_a_deposit_and_a_repayment_in_one_visit(cast: Cast, loan: Loan, teller: Client) -> None:
    deposit = typed(cast, loan, account=cast.ama_savings.number, do="add")
    teller.post(reverse("counter_deposit"), deposit)
    visit = Visit.objects.get()
    answer = teller.post(reverse("counter_repayment"), typed(cast, loan, visit=visit.pk))
    assert answer.status_code == 303
    assert [leg.entry.kind for leg in visit.legs.all() if leg.entry] == ["deposit", "repayment"]
    paper = html(teller.get(reverse("counter_visit", args=[visit.pk])))
    assert "508.00" in paper


def test_beyond_a_limit_the_manager_posts_it_from_the_inbox(cast: Cast, loan: Loan, teller: Client) -> None:
    cast.drawer.deposit_limit_minor = 10_000
    cast.drawer.save()
    sent = typed(cast, loan)
    assert "A second person must allow this" in html(teller.post(reverse("counter_repayment"), sent))
    teller.post(reverse("counter_repayment"), sent | {"do": "ask", "reason": "Known to us"})
    request = Visit.objects.get().request
    assert request is not None
    assert not Payment.objects.exists()
    approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    assert Payment.objects.get().amount_minor == 25_400
    assert balance(cast.drawer.ledger_account) == 125_400


def test_a_parked_repayment_comes_back(cast: Cast, loan: Loan, teller: Client) -> None:
    teller.post(reverse("counter_repayment"), typed(cast, loan, do="park"))
    page = html(teller.get(reverse("counter"), {"visit": Visit.objects.get().pk}))
    assert 'value="254"' in page
    assert 'action="/counter/repayment/"' in page


def test_the_receipt_is_genuine_and_says_when_it_was_taken_back(cast: Cast, loan: Loan, teller: Client) -> None:
    cast.drawer.reversal_limit_minor = 100_000
    cast.drawer.save()
    teller.post(reverse("counter_repayment"), typed(cast, loan))
    entry = Entry.objects.get(kind="repayment")
    address = reverse("receipt_verify", args=[entry.reference, code_of(entry)])
    assert "compare it" in html(teller.get(address)).lower()
    teller.post(reverse("counter_reverse", args=[entry.reference]), {"key": new_key(), "reason": "amount"})
    assert "Genuine, and reversed since" in html(teller.get(address))
    assert "REVERSED by" in html(teller.get(reverse("receipt", args=[entry.reference])))


def test_the_member_sees_the_receipt_and_a_stranger_does_not(
    cast: Cast, loan: Loan, teller: Client, client_for: ClientFor
) -> None:
    teller.post(reverse("counter_repayment"), typed(cast, loan))
    address = reverse("receipt", args=[Entry.objects.get(kind="repayment").reference])
    seen = {who.full_name: client_for(who).get(address).status_code for who in (cast.ama_user, cast.kofi_user)}
    assert seen == {"Ama Mensah": 200, "Kofi Boateng": 404}


def test_an_approved_loan_is_offered_and_paid_out(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    waiting = approved(cast, application(cast, lend(fee_bps=100), "500"))
    client = client_for(cast.cashier)
    assert f"q=l+{waiting.number}" in html(client.get(reverse("counter"), {"q": "102345"}))
    page = html(client.get(reverse("counter"), {"q": f"l {waiting.number}"}))
    assert 'value="495.00"' in page
    answer = client.post(reverse("counter_loan"), typed(cast, waiting, amount="495.00", identity="on"))
    paper = html(client.get(answer.url))  # type: ignore[attr-defined]
    assert "Fee kept back" in paper
    assert fresh(waiting).state == Loan.State.ACTIVE


def test_closing_asks_for_the_manager_and_then_pays_out(cast: Cast, teller: Client) -> None:
    whole = format_amount(left_at_closing(cast.ama_current))
    page = html(teller.get(reverse("counter"), {"q": f"c {cast.ama_current.number}"}))
    assert f'value="{whole}"' in page
    sent = typed(cast, cast.ama_current, amount=whole, identity="on")
    refused = teller.post(reverse("counter_closing"), sent)
    assert "A second person must allow this" in html(refused)
    teller.post(reverse("counter_closing"), sent | {"do": "ask", "reason": "Moves abroad"})
    request = Visit.objects.get().request
    assert request is not None
    approvals.decide(request=request, approve=True, by=cast.manager, at=NOW)
    cast.ama_current.refresh_from_db()
    assert cast.ama_current.state == "closed"
    assert CashMovement.objects.get().way == "out"
