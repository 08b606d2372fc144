"""Payees, standing orders, limits, the register, dividends and pictures in the browser, each within its reader's reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from portal.access.proof import SECOND_STEP
from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.keys import new_key
from portal.deposits import queries, services
from portal.deposits.models import Dividend, Goal, MoneyLimit, Payee, StandingOrder
from portal.outbox.models import Job
from portal.signin.services import set_pin
from tests.access.world import NOTHING
from tests.cast import NOW, TODAY, Cast, ghs, make_user
from tests.deposits.plans import contribution_product, share_product
from tests.deposits.test_page_plans import words
from tests.deposits.test_services_shares import held_since

ClientFor = Callable[..., Client]


def test_a_payee_is_saved_after_the_name_was_seen(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.ama_user), reverse("payee_add")
    assert client.get(url).status_code == 200
    shown = client.post(url, {"number": cast.kofi_savings.number, "nickname": "Landlord"})
    assert "belongs to Kofi Boateng" in words(shown)
    assert not Payee.objects.exists()
    saved = client.post(url, {"number": cast.kofi_savings.number, "nickname": "Landlord", "confirmed": "1"})
    assert saved.status_code == 303
    assert "Landlord" in words(client.get(reverse("payee_list")))
    payee = Payee.objects.get()
    assert client_for(cast.kofi_user).post(reverse("payee_remove", args=[payee.pk])).status_code == 404
    assert client.post(reverse("payee_remove", args=[payee.pk])).status_code == 303
    assert "Landlord" not in words(client.get(reverse("payee_list")))


def test_what_is_no_payee(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    for number in ("", "123", cast.ama_current.number):
        assert client.post(reverse("payee_add"), {"number": number, "confirmed": "1"}).status_code == 422
    assert not Payee.objects.exists()


def order(client: Client, cast: Cast, **typed: str) -> Any:
    data = {"key": new_key(), "source": cast.ama_savings.number, "target": cast.ama_current.number, "amount": "25"}
    data |= {"rhythm": "monthly", "first_on": f"{TODAY}", "retry_days": "3", "confirm": "1"}
    sent = {name: value for name, value in (data | typed).items() if (name, value) != ("confirm", "")}
    return client.post(reverse("standing_new"), sent)


def test_an_order_is_given_seen_and_ended(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert client.get(reverse("standing_new")).status_code == 200
    made = order(client, cast)
    assert made.status_code == 303
    services.run_standing(branch=cast.north, at=NOW)
    assert "Sent" in words(client.get(made.headers["Location"]))
    for staff in (cast.cashier, cast.manager, cast.operations_manager, cast.auditor):
        assert client_for(staff).get(made.headers["Location"]).status_code == 200
    known = StandingOrder.objects.get()
    change = reverse("standing_change", args=[known.pk])
    for act in ("pause", "resume", "end"):
        assert client.post(change, {"act": act}).status_code == 303
    assert client.post(change, {"act": "resume"}).status_code == 422
    assert "ended" in words(client.get(reverse("standing_list"), {"ended": "1"})).lower()


def test_an_order_is_checked_before_it_stands(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    told = order(client, cast, confirm="", times="3")
    assert told.status_code == 200
    assert [
        text for text in ("Check the order", "GHS 25.00", "3 times", "Give the order") if text not in words(told)
    ] == []
    assert not StandingOrder.objects.exists()
    assert order(client, cast, first_on="2020-01-01", confirm="").status_code == 422


def test_one_time_is_once_and_ones_own_contribution_is_ones_own(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    services.start_contribution(
        customer=cast.ama,
        product=contribution_product(),
        monthly=ghs("50"),
        target=ghs("600"),
        branch=cast.north,
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    shown = words(client.get(reverse("standing_new")))
    assert "My Monthly contribution" in shown
    assert f"{cast.ama.full_name} …" not in shown
    checked = words(order(client, cast, confirm="", rhythm="once", retry_days="0"))
    assert "You are told on the day itself" in checked
    assert "How long" not in checked
    assert "tried again on 1 more day, then" in words(order(client, cast, confirm="", retry_days="1")).lower()


def test_an_order_asks_for_the_pin_like_a_transfer(cast: Cast, client_for: ClientFor) -> None:
    set_pin(user=cast.ama_user, pin="7391", by=cast.ama_user, at=NOW)
    client = client_for(cast.ama_user)
    assert [order(client, cast, pin=pin).status_code for pin in ("", "1111", "7391")] == [422, 422, 303]
    assert StandingOrder.objects.count() == 1


def test_without_a_second_step_no_order_is_given(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ama_user)
    session = client.session
    del session[SECOND_STEP]
    session.save()
    assert order(client, cast).headers["Location"] == reverse("factor_list")
    assert not StandingOrder.objects.exists()


def test_anothers_order_is_not_there(cast: Cast, client_for: ClientFor) -> None:
    order(client_for(cast.ama_user), cast)
    known = StandingOrder.objects.get()
    stranger = client_for(cast.kofi_user)
    detail, change = (reverse(name, args=[known.pk]) for name in ("standing_detail", "standing_change"))
    answers = (stranger.get(detail), stranger.post(change, {"act": "end"}), client_for(cast.rival_manager).get(detail))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert client_for(cast.manager).post(change, {"act": "end"}).status_code == 403
    assert stranger.get(reverse("standing_detail", args=[NOTHING])).status_code == 404


def test_who_is_not_a_payee_cannot_be_ordered_to_be_paid(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert order(client, cast, target=cast.kofi_savings.number).status_code == 422
    assert order(client, cast, source=cast.kofi_savings.number).status_code == 422
    assert order(client, cast, amount="0").status_code == 422
    assert not StandingOrder.objects.exists()


def test_the_list_says_which_order_found_no_money(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    services.add_payee(customer=cast.ama, account=cast.kofi_savings, by=cast.ama_user, at=NOW)
    order(client, cast, target=cast.kofi_savings.number, amount="1")
    services.run_standing(branch=cast.north, at=NOW)
    assert "Not sent" not in words(client.get(reverse("standing_list")))
    order(client, cast, target=cast.kofi_savings.number, amount="5000")
    services.run_standing(branch=cast.north, at=NOW)
    said = words(client.get(reverse("standing_list")))
    assert said.count("Not sent") == 1
    assert "Last try: The account gives at most" in said


def test_a_limit_holds_once_another_person_approved_it(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.operations_manager)
    typed = {"per_day": "100", "beyond": "refuse", "effective_from": f"{TODAY}", "reason": "Fraud nearby"}
    assert client.post(reverse("limit_new"), typed | {"customer": "999999"}).status_code == 422
    assert client.post(reverse("limit_new"), typed).status_code == 303
    assert not MoneyLimit.objects.exists()
    decide(request=Request.objects.get(), approve=True, by=_second(), at=NOW)
    assert "Everybody" in words(client.get(reverse("limit_list")))
    assert client_for(cast.manager).get(reverse("limit_list")).status_code == 200
    assert client_for(cast.manager).get(reverse("limit_new")).status_code == 403


def _second() -> Any:
    return make_user(Role.OPERATIONS_MANAGER, "Second Operations")


def test_a_dividend_is_declared_by_one_and_approved_by_another(cast: Cast, client_for: ClientFor) -> None:
    product = share_product()
    held_since(cast, product, cast.ama, 10, date(2024, 5, 1))
    client = client_for(cast.operations_manager)
    assert "Ama Mensah" in words(client.get(reverse("share_register")))
    typed = {"product": product.pk, "period_start": "2025-01-01", "period_end": "2025-12-31", "total": "50"}
    assert client.get(reverse("dividend_new")).status_code == 200
    assert client.post(reverse("dividend_new"), typed | {"total": "0", "reason": "x"}).status_code == 422
    assert client.post(reverse("dividend_new"), typed | {"reason": "Good year"}).status_code == 303
    assert not Dividend.objects.exists()
    decide(request=Request.objects.get(), approve=True, by=_second(), at=NOW)
    services.pay_dividend(dividend=Dividend.objects.get(), by=None, at=NOW)
    assert "1 of 1" in words(client.get(reverse("share_register")))
    assert Job.objects.filter(kind="deposits.dividend.pay").count() == 1
    assert client_for(cast.auditor).get(reverse("share_register"), {"day": "2023-01-01"}).status_code == 200


def test_pictures_tell_what_the_books_say(cast: Cast, client_for: ClientFor) -> None:
    services.transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("120.00"),
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    said = words(client_for(cast.ama_user).get(reverse("account_analysis", args=[cast.ama_savings.number])))
    assert "Kofi Boateng 1 0.00 120.00" in said
    assert "Nov 1,000.00 120.00" in said
    assert (
        client_for(cast.kofi_user).get(reverse("account_analysis", args=[cast.ama_savings.number])).status_code == 404
    )


def test_a_goal_is_set_shown_and_forgotten(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.ama_user), reverse("account_goal", args=[cast.ama_savings.number])
    typed = {"name": "School fees", "target": "2000", "by_day": "2027-11-21"}
    assert client.post(url, typed | {"by_day": "2020-01-01"}).status_code == 422
    assert client.post(url, typed).status_code == 303
    said = words(client.get(reverse("account_analysis", args=[cast.ama_savings.number])))
    assert "School fees: 1,000.00 of 2,000.00, 50 %" in said
    assert "GHS 83.34" in said
    assert client.post(url, {"forget": "1"}).status_code == 303
    assert not Goal.objects.exists()
    assert queries.funds_of(cast.ama_savings).booked == ghs("1000.00")
