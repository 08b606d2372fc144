"""A member's own wish for an account to be closed: what may be asked for, who decides, and where the last balance goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services
from portal.deposits.models import AccountClosure, DepositAccount
from portal.notifications.models import Notice
from tests.cast import NOW, Cast, ghs

ClientFor = Callable[..., Client]


def wish(cast: Cast, **changes: Any) -> Request:
    given: dict[str, Any] = {
        "account": cast.ama_current,
        "target": cast.ama_savings,
        "reason": "One is enough",
        "key": new_key(),
    }
    return services.wish_for_closing(**given | {"by": cast.ama_user, "at": NOW} | changes)


def state(account: DepositAccount) -> str:
    return DepositAccount.objects.get(pk=account.pk).state


def test_a_member_asks_in_the_browser_and_a_manager_closes(cast: Cast, client_for: ClientFor) -> None:
    client, number = client_for(cast.ama_user), cast.ama_current.number
    keeping = reverse("account_keeping", args=[number])
    url = reverse("account_close_ask", args=[number])
    assert url in client.get(keeping).content.decode()
    form = {"target": cast.ama_savings.number, "reason": "One is enough", "key": new_key()}
    assert client.post(url, form).status_code == 303
    page = client.get(keeping).content.decode()
    assert "Take it back" in page
    assert url not in page
    assert state(cast.ama_current) == "active"
    inbox = client_for(cast.manager)
    asked = Request.objects.get(act="account_closure_wish")
    assert (
        f"to account …{cast.ama_savings.last_four}" in inbox.get(reverse("approval", args=[asked.pk])).content.decode()
    )
    assert inbox.post(reverse("approval_decide", args=[asked.pk]), {"answer": "approve"}).status_code == 303
    closure = AccountClosure.objects.get(account=cast.ama_current)
    assert (closure.payout_account, closure.asked_by, closure.approved_by) == (
        cast.ama_savings,
        cast.ama_user,
        cast.manager,
    )
    assert queries.funds_of(cast.ama_savings).booked == ghs("1250.00") + Money(closure.interest_minor, "GHS")
    assert state(cast.ama_current) == "closed"
    assert "which is in account" in Notice.objects.get(user=cast.ama_user, kind="account.closing").text


def test_a_refusal_leaves_the_account_and_tells_why(cast: Cast) -> None:
    decide(request=wish(cast), approve=False, comment="Your loan is paid from it.", by=cast.manager, at=NOW)
    assert state(cast.ama_current) == "active"
    assert "Your loan is paid from it." in Notice.objects.get(user=cast.ama_user, kind="account.closing").text


def test_the_member_takes_it_back(cast: Cast, client_for: ClientFor) -> None:
    asked, client = wish(cast), client_for(cast.ama_user)
    url = reverse("waiting_withdraw", args=[asked.pk])
    assert client_for(cast.kofi_user).post(url).status_code == 404
    assert client.post(url).status_code == 303
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


@pytest.mark.parametrize("who", ["rival_manager", "cashier", "ama_user"])
def test_nobody_else_decides(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        decide(request=wish(cast), approve=True, by=getattr(cast, who), at=NOW)
    assert state(cast.ama_current) == "active"


def test_a_manager_who_is_this_member_does_not_decide(cast: Cast) -> None:
    asked = wish(cast)
    cast.ama.email = cast.manager.email
    cast.ama.save()
    with pytest.raises(Refused, match="about yourself"):
        decide(request=asked, approve=True, by=cast.manager, at=NOW)


def test_what_remains_needs_a_place_of_ones_own(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"takes the remaining GHS 250\.00"):
        wish(cast, target=None)
    with pytest.raises(Refused, match="another account of a holder"):
        wish(cast, target=cast.kofi_savings)


def test_a_shared_account_is_closed_at_the_branch(cast: Cast) -> None:
    services.add_holder(account=cast.ama_current, customer=cast.kofi, reason="Married", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="at the branch, together"):
        wish(cast, target=cast.kofi_savings, by=cast.kofi_user)
    DepositAccount.objects.filter(pk=cast.ama_current.pk).update(mandate="all")
    cast.ama_current.refresh_from_db()
    with pytest.raises(Refused, match="at the branch, together"):
        wish(cast)


def test_anothers_account_answers_like_none(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert client.get(reverse("account_close_ask", args=[cast.kofi_savings.number])).status_code == 404


def test_a_target_that_was_frozen_meanwhile_stops_it(cast: Cast) -> None:
    asked = wish(cast)
    DepositAccount.objects.filter(pk=cast.ama_savings.pk).update(state="frozen")
    with pytest.raises(Refused, match="cannot take the rest"):
        decide(request=asked, approve=True, by=cast.manager, at=NOW)
    assert state(cast.ama_current) == "active"
