"""The pages of products and charges: proposing, previewing, approving by somebody else; nothing of the past changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import Product, ServiceCharge, Terms
from portal.documents.models import Document
from portal.outbox.models import Job
from tasks import runner
from tasks.tasks import HANDLERS
from tests.cast import NOW, Cast, make_user
from tests.deposits.plans import fixed_product
from tests.deposits.test_services_states import asked

ClientFor = Callable[..., Client]
TERMS = {
    "effective_from": "2026-12-01",
    "rate_bps": "5.25",
    "tiers": "1,000.00 = 6\n5,000.00 = 7.5 %",
    "tier_method": "slab",
    "day_count": "actual/365",
    "compounding": "none",
    "posting_frequency": "quarterly",
    "interest_floor_minor": "0",
    "withholding_tax_bps": "8",
    "opening_minimum_minor": "20",
    "minimum_balance_minor": "5",
    "withdrawal_fee_minor": "1.50",
    "overdraft_limit_minor": "0",
    "overdraft_rate_bps": "0",
    "dormancy_days": "365",
    "early_closure_days": "90",
    "early_closure_fee_minor": "10",
    "reason": "The board's rates",
}


def propose(cast: Cast, client_for: ClientFor, **changes: str) -> Any:
    client = client_for(cast.operations_manager)
    return client.post(reverse("terms_new", args=[cast.savings.code]), TERMS | changes)


def approve(cast: Cast) -> None:
    request = Request.objects.get(state="waiting")
    decide(request=request, approve=True, by=cast.administrator, at=NOW)


def test_terms_wait_for_a_second_person_and_then_hold_from_their_day(cast: Cast, client_for: ClientFor) -> None:
    assert propose(cast, client_for).status_code == 303
    assert Terms.objects.filter(product=cast.savings).count() == 1
    approve(cast)
    terms = Terms.objects.get(product=cast.savings, effective_from=date(2026, 12, 1))
    assert (terms.rate_bps, terms.withdrawal_fee_minor, terms.posting_frequency) == (525, 150, "quarterly")
    assert [(tier.from_minor, tier.rate_bps) for tier in terms.tiers.all()] == [(100_000, 600), (500_000, 750)]
    assert (terms.made_by, terms.approved_by) == (cast.operations_manager, cast.administrator)
    page = client_for(cast.auditor).get(reverse("product_detail", args=[cast.savings.code])).content.decode()
    assert "to come" in page
    assert "5.25 %" in page


def test_who_proposed_does_not_approve(cast: Cast, client_for: ClientFor) -> None:
    propose(cast, client_for)
    with pytest.raises(Refused):
        decide(request=Request.objects.get(), approve=True, by=cast.operations_manager, at=NOW)


def test_the_preview_works_out_what_changes_and_asks_nobody(cast: Cast, client_for: ClientFor) -> None:
    response = propose(cast, client_for, preview="1")
    page = response.content.decode()
    assert (response.status_code, Request.objects.count()) == (200, 0)
    assert "What would change" in page
    assert f"…{cast.ama_savings.last_four}" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effective_from": "2026-11-21"}, "past is never changed"),
        ({"effective_from": "2024-01-01"}, "Other terms of Savings begin on 01 January 2024"),
        ({"tiers": "5000 = 6\n1000 = 7"}, "larger amount"),
        ({"tiers": "a lot = 6"}, "is no step"),
        ({"rate_bps": "101"}, "100"),
        ({"overdraft_limit_minor": "10"}, "not both"),
        ({"reason": ""}, "required"),
    ],
)
def test_what_contradicts_is_refused_and_nothing_typed_is_lost(
    cast: Cast, client_for: ClientFor, changes: dict[str, str], said: str
) -> None:
    response = propose(cast, client_for, **changes)
    page = response.content.decode()
    assert (response.status_code, Request.objects.count()) == (422, 0)
    assert said in page
    assert 'value="2026-' in page or "effective_from" in changes
    assert 'value="1.50"' in page


def test_a_product_is_made_and_offered_with_its_first_terms(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    made = client.post(reverse("product_new"), {"name": "Youth savings", "code": "31", "kind": "savings"})
    product = Product.objects.get(code="31")
    assert (made.headers["Location"], product.state) == (reverse("terms_new", args=["31"]), "draft")
    assert client.get(reverse("terms_new", args=["31"])).status_code == 200
    client.post(reverse("terms_new", args=["31"]), TERMS)
    approve(cast)
    product.refresh_from_db()
    assert product.state == "offered"


@pytest.mark.parametrize(
    "form", [{"code": "01", "name": "x"}, {"code": "x1", "name": "x"}, {"code": "41", "name": "SAVINGS"}]
)
def test_a_product_with_anothers_code_or_name_is_refused(
    cast: Cast, client_for: ClientFor, form: dict[str, str]
) -> None:
    response = client_for(cast.operations_manager).post(reverse("product_new"), form | {"kind": "savings"})
    assert response.status_code == 422


def test_a_product_with_accounts_is_not_closed_and_a_closed_one_opens_none(cast: Cast, client_for: ClientFor) -> None:
    with pytest.raises(Refused, match="open accounts"):
        services.change_product(product=cast.savings, state="closed", reason="Old", by=cast.operations_manager, at=NOW)
    services.change_product(product=cast.savings, state="withdrawn", reason="Old", by=cast.operations_manager, at=NOW)
    with pytest.raises(Refused, match="not offered"):
        asked(cast)


def test_a_charge_is_proposed_and_shown_once_approved(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    form = {
        "kind": "monthly",
        "product": "",
        "effective_from": "2026-12-01",
        "amount_minor": "3.00",
        "percent_bps": "0",
        "least_minor": "0",
        "free_a_month": "0",
        "threshold_minor": "0",
        "reason": "Tariff",
    }
    assert client.post(reverse("charge_new"), form | {"effective_from": "2026-11-21"}).status_code == 422
    assert client.post(reverse("charge_new"), form).status_code == 303
    assert not ServiceCharge.objects.exists()
    approve(cast)
    assert ServiceCharge.objects.get().amount_minor == 300
    assert "GHS 3.00" in client.get(reverse("charge_list")).content.decode()
    assert "Monthly fee" in client_for(cast.cashier).get(reverse("charge_list")).content.decode()


def test_what_a_charge_would_cost_is_shown_before_anybody_is_asked(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    form = {
        "kind": "transfer",
        "product": "",
        "effective_from": "2026-12-01",
        "amount_minor": "0.50",
        "percent_bps": "0.5",
        "least_minor": "0.00",
        "most_minor": "10.00",
        "free_a_month": "0",
        "threshold_minor": "0.00",
        "reason": "Price list",
        "preview": "1",
    }
    page = client.post(reverse("charge_new"), form).content.decode()
    for cost in ("0.75", "3.00", "10.00"):
        assert f'<span class="money">{cost}</span>' in page
    assert not Request.objects.exists()
    client.post(reverse("charge_new"), {name: value for name, value in form.items() if name != "preview"})
    assert Request.objects.count() == 1


def test_a_rate_sheet_shows_what_is_offered(cast: Cast, client_for: ClientFor) -> None:
    assert "Savings" in client_for(cast.cashier).get(reverse("rate_sheet")).content.decode()


def test_the_sheet_has_the_rates_of_fixed_deposits_and_becomes_a_pdf(cast: Cast, client_for: ClientFor) -> None:
    fixed_product()
    client = client_for(cast.cashier)
    page = client.get(reverse("rate_sheet")).content.decode()
    assert "13.50 % from GHS 1,000.00, 12 months" in page
    asked = client.post(reverse("rate_sheet_pdf"), {"key": new_key()})
    runner.drain(HANDLERS)
    document = Document.objects.get()
    assert asked.headers["Location"] == reverse("job_detail", args=[Job.objects.get().pk])
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(bytes(document.content.body))).pages)
    assert "13.50 % from GHS 1,000.00" in text


def test_another_operations_manager_may_approve(cast: Cast, client_for: ClientFor) -> None:
    propose(cast, client_for)
    second = make_user(Role(cast.operations_manager.role), "Second Operations")
    decide(request=Request.objects.get(), approve=True, by=second, at=NOW)
    assert Terms.objects.filter(product=cast.savings).count() == 2
