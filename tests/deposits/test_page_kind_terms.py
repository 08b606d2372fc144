"""Terms that only one kind of product has: proposed, previewed, approved; what contradicts is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.deposits import contributions, fixed, kind_terms, services, shares, susu
from portal.deposits.models import Product, Terms
from portal.deposits.pages.product_forms import plain_terms
from tests.cast import NOW, TODAY, Cast, ghs
from tests.deposits import plans
from tests.deposits.test_page_plans import words
from tests.deposits.test_services_fixed import place

ClientFor = Callable[..., Client]
SOON = date(2026, 12, 1)
WHEN = {"effective_from": "2026-12-01", "reason": "The board's decision"}
SUSU = WHEN | {"card": "month", "commission_stakes": "2", "least_stake_minor": "5.00"}
SHARES = WHEN | {"price_minor": "12.50", "least_shares": "2", "most_shares": "500"}
CONTRIBUTION = WHEN | {
    "due_day": "10",
    "grace_days": "2",
    "late_fine_minor": "7.50",
    "least_monthly_minor": "30",
    "rate_bps": "4",
    "tiers": "",
    "tier_method": "slab",
    "day_count": "actual/365",
    "compounding": "none",
    "posting_frequency": "monthly",
    "interest_floor_minor": "0",
    "withholding_tax_bps": "0",
}
FIXED = WHEN | {
    "chart": "500.00, 3 = 9\n500, 12 months = 13.25 %",
    "early_rate_bps": "2.5",
    "notice_days": "14",
    "day_count": "actual/365",
    "withholding_tax_bps": "8",
}
MADE: list[tuple[Callable[..., Product], dict[str, str]]] = [
    (plans.susu_product, SUSU),
    (plans.share_product, SHARES),
    (plans.contribution_product, CONTRIBUTION),
    (plans.fixed_product, FIXED),
]


def propose(cast: Cast, client_for: ClientFor, product: Product, form: dict[str, str]) -> Any:
    return client_for(cast.operations_manager).post(reverse("terms_new", args=[product.code]), form)


def approve(cast: Cast) -> None:
    decide(request=Request.objects.get(state="waiting"), approve=True, by=cast.administrator, at=NOW)


@pytest.mark.parametrize(("made", "form"), MADE)
def test_each_kinds_own_terms_hold_from_their_day_and_not_before(
    cast: Cast, client_for: ClientFor, made: Callable[..., Product], form: dict[str, str]
) -> None:
    product = made()
    before = kind_terms.own_on(product, TODAY)
    assert propose(cast, client_for, product, form).status_code == 303
    assert kind_terms.own_on(product, SOON) == before
    approve(cast)
    assert kind_terms.own_on(product, TODAY) == before
    assert kind_terms.own_on(product, SOON) != before
    assert Terms.objects.get(product=product, effective_from=SOON).approved_by == cast.administrator


def test_what_was_typed_is_what_holds(cast: Cast, client_for: ClientFor) -> None:
    made = {product.kind: product for product in (maker() for maker, _ in MADE)}
    for maker, form in zip(made.values(), (form for _, form in MADE), strict=True):
        propose(cast, client_for, maker, form)
        approve(cast)
    card, price = susu.susu_terms(made["susu"], SOON), shares.share_terms(made["shares"], SOON)
    assert card
    assert (card.card, card.commission_stakes, card.least_stake_minor) == ("month", 2, 500)
    assert price
    assert (price.price_minor, price.least_shares, price.most_shares) == (1250, 2, 500)
    due = contributions.contribution_terms(made["contribution"], SOON)
    assert due
    assert (due.due_day, due.grace_days, due.late_fine_minor, due.terms.rate_bps) == (10, 2, 750, 400)
    deposit = fixed.fixed_terms(made["fixed"], SOON)
    assert deposit
    assert (deposit.early_rate_bps, deposit.notice_days) == (250, 14)
    assert [(slab.from_minor, slab.from_months, slab.rate_bps) for slab in deposit.chart.all()] == [
        (50_000, 3, 900),
        (50_000, 12, 1325),
    ]


@pytest.mark.parametrize(("made", "form"), MADE)
def test_the_form_opens_with_what_holds_and_the_preview_asks_nobody(
    cast: Cast, client_for: ClientFor, made: Callable[..., Product], form: dict[str, str]
) -> None:
    product = made()
    client = client_for(cast.operations_manager)
    url = reverse("terms_new", args=[product.code])
    assert client.get(url).status_code == 200
    shown = client.post(url, form | {"preview": "1"}).content.decode()
    assert "What would change" in shown
    assert not Request.objects.exists()


def test_the_preview_shows_what_a_new_card_would_cost(cast: Cast, client_for: ClientFor) -> None:
    product = plans.susu_product()
    services.start_susu(
        customer=cast.ama,
        product=product,
        stake=ghs("5.00"),
        branch=cast.north,
        key="7e3f2a50-8d7a-4a33-9d9a-0f3f5a6b7c8d",
        by=cast.ama_user,
        at=NOW,
    )
    page = propose(cast, client_for, product, SUSU | {"preview": "1"}).content.decode()
    assert "Commission of a new card now" in page
    assert page.count("10.00") >= 1


def test_the_preview_shows_what_a_deposit_would_get_kept_and_broken(cast: Cast, client_for: ClientFor) -> None:
    product = plans.fixed_product()
    place(cast, product=product, months=12)
    page = words(propose(cast, client_for, product, FIXED | {"preview": "1"}))
    assert "500.00 12 months 12.00 % 13.25 % 2.00 % 2.50 %" in page


@pytest.mark.parametrize(
    ("made", "form", "said"),
    [
        (plans.susu_product, SUSU | {"commission_stakes": "6"}, "less than or equal to 5"),
        (plans.share_product, SHARES | {"least_shares": "600"}, "more than the most"),
        (plans.fixed_product, FIXED | {"chart": "soon"}, "is no line of a chart"),
        (plans.fixed_product, FIXED | {"chart": "500, 3 = 9\n500, 3 = 8"}, "same amount and term"),
        (plans.fixed_product, FIXED | {"chart": ""}, "required"),
        (plans.contribution_product, CONTRIBUTION | {"due_day": "32"}, "less than or equal to 31"),
    ],
)
def test_what_contradicts_is_refused(
    cast: Cast, client_for: ClientFor, made: Callable[..., Product], form: dict[str, str], said: str
) -> None:
    response = propose(cast, client_for, made(), form)
    assert (response.status_code, Request.objects.count()) == (422, 0)
    assert said in response.content.decode()


def test_a_share_product_made_in_the_browser_gets_its_nominal_value_once(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    client.post(reverse("product_new"), {"name": "Shares B", "code": "44", "kind": "shares"})
    product = Product.objects.get(code="44")
    assert propose(cast, client_for, product, SHARES).status_code == 422
    propose(cast, client_for, product, SHARES | {"nominal_minor": "10"})
    approve(cast)
    product.refresh_from_db()
    assert (product.state, product.share_class.nominal_minor) == ("offered", 1000)
    assert "nominal_minor" not in client.get(reverse("terms_new", args=["44"])).content.decode()


@pytest.mark.parametrize("name", ["rate_bps", "overdraft_limit_minor", "withdrawal_fee_minor"])
def test_interest_and_fees_have_no_place_where_money_moves_by_its_own_rules(cast: Cast, name: str) -> None:
    product = plans.susu_product()
    values = plain_terms() | {name: 100}
    with pytest.raises(Refused, match="own rules"):
        services.check_terms(product=product, since=SOON, values=values, tiers=(), own={}, reason="No")


def test_a_charge_on_such_accounts_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="own rules"):
        services.check_charge(
            kind="monthly", product=plans.susu_product(), currency="GHS", since=SOON, values={"reason": "No"}
        )
