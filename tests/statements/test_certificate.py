"""Certificates of balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services
from portal.deposits.models import TakenCharge
from portal.documents.models import Document
from portal.outbox.models import Job
from tasks import runner
from tasks.tasks import HANDLERS
from tests.books import old_days, pay_in
from tests.cast import NOW, Cast, ghs

SignIn = Callable[..., Client]


@pytest.fixture
def moved(cast: Cast) -> Cast:
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "1234.50", day=date(2026, 10, 5))
        pay_in(cast.ama_savings, "1.00", day=date(2026, 10, 7))
    return cast


def _ask(client: Client, cast: Cast, day: str) -> int:
    url = f"/accounts/{cast.ama_savings.number}/balance-certificate/"
    return client.post(url, {"key": new_key(), "day": day}).status_code


def test_it_says_what_the_account_held_at_the_end_of_the_day(moved: Cast, client_for: SignIn) -> None:
    assert _ask(client_for(moved.ama_user), moved, "2026-10-06") == 303
    runner.drain(HANDLERS)
    document = Document.objects.get()
    text = PdfReader(BytesIO(bytes(document.content.body))).pages[0].extract_text()
    assert "GHS 1,234.50" in text
    assert "6 October 2026" in text
    assert (document.owner_id, document.signed_with is not None) == (moved.ama_user.pk, True)


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-01", "2023-12-31", "x"])
def test_days_that_are_not_over_or_before_the_opening_are_refused(moved: Cast, client_for: SignIn, day: str) -> None:
    assert _ask(client_for(moved.ama_user), moved, day) == 422
    assert not Job.objects.exists()


def cost(cast: Cast, kind: str, **values: int) -> None:
    reason = {"reason": "Price list"}
    services.set_charge(
        kind=kind,
        product=None,
        currency="GHS",
        since=date(2026, 1, 1),
        values=reason | values,
        by=cast.operations_manager,
        approved_by=cast.administrator,
        at=NOW,
    )


def left(cast: Cast) -> Money:
    return queries.funds_of(cast.ama_savings).booked


def test_what_it_costs_is_shown_and_taken_once(moved: Cast, client_for: SignIn) -> None:
    cost(moved, "certificate", amount_minor=1_000)
    client, url = client_for(moved.ama_user), f"/accounts/{moved.ama_savings.number}/balance-certificate/"
    assert "This costs" in client.get(url).content.decode()
    form, before = {"key": new_key(), "day": "2026-10-06"}, left(moved)
    assert [client.post(url, form).status_code for _ in range(2)] == [303, 303]
    assert (before - left(moved), Job.objects.count()) == (ghs("10.00"), 1)
    assert [(each.kind, each.state) for each in TakenCharge.objects.all()] == [("certificate", "taken")]


def test_an_account_that_cannot_pay_gets_none(moved: Cast, client_for: SignIn) -> None:
    cost(moved, "certificate", amount_minor=900_000)
    assert _ask(client_for(moved.ama_user), moved, "2026-10-06") == 422
    assert (Job.objects.count(), TakenCharge.objects.count()) == (0, 0)


@pytest.mark.parametrize(("pays", "taken"), [({"pays": "on"}, "10.00"), ({}, "0.00")])
def test_staff_say_whether_the_member_pays(moved: Cast, client_for: SignIn, pays: dict[str, str], taken: str) -> None:
    cost(moved, "certificate", amount_minor=1_000)
    before, url = left(moved), f"/accounts/{moved.ama_savings.number}/balance-certificate/"
    client = client_for(moved.cashier)
    assert "The member pays GHS 10.00" in client.get(url).content.decode()
    assert client.post(url, {"key": new_key(), "day": "2026-10-06", **pays}).status_code == 303
    assert before - left(moved) == ghs(taken)


def test_who_looks_for_the_institution_costs_nobody_anything(moved: Cast, client_for: SignIn) -> None:
    cost(moved, "certificate", amount_minor=1_000)
    before = left(moved)
    assert _ask(client_for(moved.auditor), moved, "2026-10-06") == 303
    assert before == left(moved)


def test_the_first_statements_of_a_month_are_free(moved: Cast, client_for: SignIn) -> None:
    cost(moved, "statement", amount_minor=200, free_a_month=1)
    client, before = client_for(moved.ama_user), left(moved)
    days = [moved.ama_savings.number, date(2026, 10, 1), date(2026, 10, 31)]
    address = reverse("statement", args=days)
    shown = [client.get(address).content.decode()]
    pdf = reverse("statement_pdf", args=days)
    for _ in range(2):
        assert client.post(pdf, {"key": new_key()}).status_code == 303
        shown.append(client.get(address).content.decode())
    assert before - left(moved) == ghs("2.00")
    assert ["free this time" in page for page in shown] == [True, False, False]
    assert [each.state for each in TakenCharge.objects.order_by("pk")] == ["free", "taken"]


def test_anothers_account_is_not_there(moved: Cast, client_for: SignIn) -> None:
    for user in (moved.kofi_user, moved.rival_manager):
        assert _ask(client_for(user), moved, "2026-10-06") == 404
