"""The pages of plans as their owner and the staff use them, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from portal.base.keys import new_key
from portal.deposits import fixed, queries, services
from portal.deposits.models import DepositAccount, Product, SusuCard
from portal.deposits.papers import plan_pdf
from tests.cast import NOW, Cast, ghs
from tests.deposits.plans import contribution_product, fixed_product, share_product, susu_product

ClientFor = Callable[..., Client]


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def products(cast: Cast) -> dict[str, Product]:
    return {"susu": susu_product(), "shares": share_product(), "plan": contribution_product(), "fixed": fixed_product()}


def start(client: Client, cast: Cast, product: Product, **typed: Any) -> DepositAccount:
    data = {"key": new_key(), "source": cast.ama_savings.number, "pay_to": cast.ama_current.number} | typed
    answer = client.post(reverse("plan_start", args=[product.code]), data)
    assert answer.status_code == 303, words(answer)
    return DepositAccount.objects.get(number=answer.headers["Location"].split("/")[-2])


STARTS = {
    "susu": {"stake": "10"},
    "shares": {"shares": "12"},
    "plan": {"monthly": "50", "target": "600"},
    "fixed": {"amount": "500", "months": "6", "instruction": "roll_all"},
}
SAID = {
    "susu": "The first card begins with the first payment",
    "shares": "12 shares bought",
    "plan": "GHS 50.00",
    "fixed": "Keep principal and interest for another term",
}


@pytest.mark.parametrize("kind", STARTS)
def test_each_kind_is_started_and_shown(
    cast: Cast, client_for: ClientFor, products: dict[str, Product], kind: str
) -> None:
    client = client_for(cast.ama_user)
    assert products[kind].name in words(client.get(reverse("plan_list")))
    assert client.get(reverse("plan_start", args=[products[kind].code])).status_code == 200
    account = start(client, cast, products[kind], **STARTS[kind])
    assert SAID[kind] in words(client.get(reverse("plan_detail", args=[account.number])))
    assert account.number[-4:] in words(client.get(reverse("plan_list")))
    for staff in (cast.cashier, cast.manager, cast.operations_manager, cast.auditor):
        assert client_for(staff).get(reverse("plan_detail", args=[account.number])).status_code == 200
    for stranger in (cast.kofi_user, cast.rival_manager):
        assert client_for(stranger).get(reverse("plan_detail", args=[account.number])).status_code == 404


def test_days_are_paid_and_a_card_is_settled(cast: Cast, client_for: ClientFor, products: dict[str, Product]) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["susu"], stake="10")
    paid = {"key": new_key(), "amount": "350", "source": cast.ama_savings.number}
    for _ in range(2):
        assert client.post(reverse("plan_pay", args=[account.number]), paid).status_code == 303
    said = words(client.get(reverse("plan_detail", args=[account.number])))
    assert "31 of 31 days paid" in said
    assert "4 of 31 days paid" in said
    taken = {"key": new_key(), "target": cast.ama_current.number}
    assert client.post(reverse("plan_take", args=[account.number]), taken).status_code == 303
    assert queries.funds_of(cast.ama_current).booked == ghs("550.00")
    assert SusuCard.objects.filter(settlement=None).count() == 1


def test_what_is_refused_keeps_what_was_typed(cast: Cast, client_for: ClientFor, products: dict[str, Product]) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["susu"], stake="10")
    typed = {"key": new_key(), "amount": "15", "source": cast.ama_savings.number}
    answer = client.post(reverse("plan_pay", args=[account.number]), typed)
    assert answer.status_code == 422
    assert "Pay whole days" in words(answer)
    assert 'value="15"' in answer.content.decode()


def test_a_card_rests_and_goes_on(cast: Cast, client_for: ClientFor, products: dict[str, Product]) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["susu"], stake="10")
    url = reverse("plan_pause", args=[account.number])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Travelling"}).status_code == 303
    assert "Travelling" in words(client.get(reverse("plan_detail", args=[account.number])))
    assert client.post(url, {"resume": "1"}).status_code == 303


def test_nobody_elses_account_pays_or_is_paid(cast: Cast, client_for: ClientFor, products: dict[str, Product]) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["susu"], stake="10")
    stolen = {"key": new_key(), "amount": "10", "source": cast.kofi_savings.number}
    assert client.post(reverse("plan_pay", args=[account.number]), stolen).status_code == 422
    thief = client_for(cast.kofi_user)
    own = stolen | {"source": cast.kofi_savings.number}
    for name in ("plan_pay", "plan_take", "plan_pause", "plan_pdf"):
        assert thief.post(reverse(name, args=[account.number]), own).status_code == 404
    assert queries.funds_of(cast.kofi_savings).booked == ghs("500.00")


def test_a_plans_account_offers_no_transfer_and_tells_no_interest_of_the_month(
    cast: Cast, client_for: ClientFor, products: dict[str, Product]
) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["susu"], stake="10")
    page = words(client.get(reverse("account_detail", args=[account.number])))
    assert "In this plan" in page
    assert "Interest so far" not in page
    assert reverse("transfer_start") + "?from" not in page


def test_an_everyday_account_is_no_plan(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.ama_user).get(reverse("plan_detail", args=[cast.ama_savings.number])).status_code == 404


def test_what_a_deposit_comes_to_is_shown_before_it_is_placed(
    cast: Cast, client_for: ClientFor, products: dict[str, Product]
) -> None:
    client, url = client_for(cast.ama_user), reverse("plan_start", args=[products["fixed"].code])
    typed = {"key": new_key(), "source": cast.ama_savings.number, "pay_to": cast.ama_current.number, "preview": "1"}
    said = words(client.post(url, typed | STARTS["fixed"]))
    offered = fixed.offer(products["fixed"], ghs("500.00"), 6, cast.north.business_date)
    assert offered is not None
    assert f"Paid out then {offered.net}" in said
    assert f"Interest {offered.interest}" in said
    assert not DepositAccount.objects.filter(product=products["fixed"]).exists()
    answer = client.post(url, typed | STARTS["fixed"] | {"months": "1"})
    assert (answer.status_code, "There is no rate" in words(answer)) == (422, True)


def test_nobody_chooses_the_rate_of_a_deposit(cast: Cast, client_for: ClientFor, products: dict[str, Product]) -> None:
    wished = {"rate_bps": "9900", "rate": "99", "early_rate_bps": "9900", "matures_on": "2026-11-22"}
    account = start(client_for(cast.ama_user), cast, products["fixed"], **STARTS["fixed"], **wished)
    term, offered = (
        fixed.running_term(account),
        fixed.offer(products["fixed"], ghs("500.00"), 6, cast.north.business_date),
    )
    assert term is not None
    assert offered is not None
    assert (term.rate_bps, term.matures_on) == (offered.rate_bps, offered.matures_on)


def test_a_deposit_is_instructed_anew_and_broken(
    cast: Cast, client_for: ClientFor, products: dict[str, Product]
) -> None:
    client = client_for(cast.ama_user)
    account = start(client, cast, products["fixed"], **STARTS["fixed"])
    url = reverse("plan_instruct", args=[account.number])
    assert client.get(url).status_code == 200
    typed = {"key": new_key(), "instruction": "pay_out", "pay_to": cast.ama_current.number}
    assert client.post(url, typed).status_code == 303
    kept = client.get(url).context["form"]
    assert (kept["instruction"].value(), kept["pay_to"].value()) == ("pay_out", cast.ama_current.number)
    ended = {"key": new_key(), "target": cast.ama_current.number}
    before = words(client.get(reverse("plan_take", args=[account.number])))
    assert "instead of" in before
    assert "GHS 500.00 is paid out" in before
    assert client.post(reverse("plan_take", args=[account.number]), ended).status_code == 303
    assert queries.funds_of(cast.ama_current).booked == ghs("750.00")
    ended_page = words(client.get(reverse("plan_detail", args=[account.number])))
    assert "has no running term" in ended_page
    assert "End this deposit" not in ended_page
    assert "PDF certificate" not in ended_page


@pytest.mark.parametrize("kind", ["susu", "shares", "fixed"])
def test_each_paper_has_what_it_needs(
    cast: Cast, client_for: ClientFor, products: dict[str, Product], kind: str
) -> None:
    account = start(client_for(cast.ama_user), cast, products[kind], **STARTS[kind])
    if kind == "susu":
        services.pay_susu_from(
            account=account,
            source=cast.ama_savings,
            amount=ghs("20.00"),
            key=new_key(),
            channel="online",
            by=cast.ama_user,
            at=NOW,
        )
    plan = plan_pdf(by=cast.ama_user, at=NOW, number=account.number)
    assert cast.ama.full_name in render_to_string(plan.template, {"issued_at": NOW, **plan.context})
