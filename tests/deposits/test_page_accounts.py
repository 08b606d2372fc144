"""The pages of accounts: who sees which, the passbook, one movement, the name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.base.keys import new_key
from portal.base.templatetags.portal import grouped
from portal.deposits import services
from portal.deposits.models import DepositAccount
from portal.ledger.models import Entry, EntryKind
from portal.ledger.services import NewEntry, credit, debit, post_many, reverse_entry
from portal.people.models import CustomerView
from tests.cast import NOW, Cast, ghs

ClientFor = Callable[..., Client]


def detail(account: DepositAccount) -> str:
    return reverse("account_detail", args=[account.number])


def move(cast: Cast, count: int) -> None:
    """Transfers of 1.00 from Ama to Kofi, with a memo each."""
    post_many(
        (
            NewEntry(
                kind=EntryKind.TRANSFER,
                branch=cast.north,
                lines=[
                    debit(cast.ama_savings.ledger_account, ghs("1.00")),
                    credit(cast.kofi_savings.ledger_account, ghs("1.00")),
                ],
                key=new_key(),
                memo=f"Number {index}",
            )
            for index in range(count)
        ),
        by=cast.ama_user,
        at=NOW,
    )


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


def test_a_customer_sees_the_own_accounts(cast: Cast, client_for: ClientFor) -> None:
    page = text_of(client_for(cast.ama_user).get(reverse("account_list")))
    assert "GHS 1,000.00" in page
    assert "GHS 250.00" in page
    assert "500.00" not in page


def test_a_customer_without_an_account_is_told_so(cast: Cast, client_for: ClientFor) -> None:
    DepositAccount.objects.filter(pk=cast.outsider_savings.pk).update(customer=cast.kofi)
    assert "You have no account yet" in text_of(client_for(cast.outsider_user).get(reverse("account_list")))


def test_staff_find_an_account_by_its_number(cast: Cast, client_for: ClientFor) -> None:
    page = text_of(
        client_for(cast.cashier).get(reverse("account_list"), {"number": f" {cast.outsider_savings.number[:6]} "})
    )
    assert "Esi Outsider" in page
    assert "300.00" not in page
    assert "Ama Mensah" not in page


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("ama_user", "ama_savings", 200),
        ("ama_user", "kofi_savings", 404),
        ("outsider_user", "ama_savings", 404),
        ("cashier", "ama_savings", 200),
        ("cashier", "outsider_savings", 200),
        ("manager", "ama_savings", 200),
        ("manager", "outsider_savings", 404),
        ("rival_manager", "ama_savings", 404),
        ("operations_manager", "outsider_savings", 200),
        ("auditor", "outsider_savings", 200),
        ("mobile_banker", "ama_savings", 404),
        ("administrator", "ama_savings", 403),
    ],
)
def test_an_account_is_seen_within_reach(cast: Cast, client_for: ClientFor, who: str, whose: str, status: int) -> None:
    assert client_for(getattr(cast, who)).get(detail(getattr(cast, whose))).status_code == status


@pytest.mark.parametrize("number", ["010100000999", "x", "1' OR 1=1--", "../.."])
def test_an_account_that_is_not_there_is_not_found(cast: Cast, client_for: ClientFor, number: str) -> None:
    assert client_for(cast.cashier).get(f"/accounts/{number}/").status_code == 404


def test_who_is_not_signed_in_signs_in_first(cast: Cast, client: Client) -> None:
    response = client.get(detail(cast.ama_savings))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["account_list", "account_detail", "movement_detail"])
def test_pages_that_only_show_take_no_post(cast: Cast, client_for: ClientFor, name: str) -> None:
    arguments = {"account_list": [], "account_detail": ["1"], "movement_detail": ["1", "2"]}[name]
    assert client_for(cast.ama_user).post(reverse(name, args=arguments)).status_code == 405


def test_the_passbook_shows_what_happened_in_words(cast: Cast, client_for: ClientFor) -> None:
    services.transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("40.00"),
        key=new_key(),
        memo="Market",
        by=cast.ama_user,
        at=NOW,
    )
    page = text_of(client_for(cast.ama_user).get(detail(cast.ama_savings)))
    assert f"Transfer to Kofi Boateng …{cast.kofi_savings.last_four} Market \N{MINUS SIGN}40.00 960.00" in page
    assert "November 2026 in 1,000.00 , out 40.00" in page


def test_the_statement_of_an_account_is_one_press_away(cast: Cast, client_for: ClientFor) -> None:
    page = client_for(cast.ama_user).get(detail(cast.ama_savings)).content.decode()
    assert f'href="{reverse("statement_choose")}?account={cast.ama_savings.number}"' in page


def test_the_other_side_reads_who_paid(cast: Cast, client_for: ClientFor) -> None:
    move(cast, 1)
    assert "Transfer from Ama Mensah" in text_of(client_for(cast.kofi_user).get(detail(cast.kofi_savings)))


def test_more_is_a_link_and_a_fragment(cast: Cast, client_for: ClientFor) -> None:
    move(cast, 40)
    client = client_for(cast.ama_user)
    first = client.get(detail(cast.ama_savings)).content.decode()
    more = re.search(r'href="(\?before=\d+[^"]*)"', first)
    assert more
    url = detail(cast.ama_savings) + more[1].replace("&amp;", "&")
    whole, part = (
        client.get(url).content.decode(),
        client.get(url, headers={"HX-Request": "true", "HX-Target": "more"}).content.decode(),
    )
    assert "<html" in whole
    assert "<html" not in part
    assert (first.count('class="what"'), part.count('class="what"'), part.count('class="month"')) == (25, 16, 0)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "number 7"}, 1),
        ({"text": "1.00"}, 8),
        ({"text": "\N{MINUS SIGN}1.00"}, 8),
        ({"text": "1000"}, 1),
        ({"kind": "transfer"}, 8),
        ({"kind": "opening"}, 1),
        ({"kind": "transfer", "text": "1000"}, 0),
        ({"since": "2026-11-22"}, 0),
        ({"until": "2026-11-20"}, 0),
        ({"since": "2026-11-21", "until": "2026-11-21"}, 9),
        ({"kind": "nonsense", "since": "tomorrow", "before": "x"}, 9),
        ({"text": "' OR 1=1 --"}, 0),
        ({"text": "%"}, 0),
    ],
)
def test_movements_are_found(cast: Cast, client_for: ClientFor, query: dict[str, str], found: int) -> None:
    move(cast, 8)
    page = client_for(cast.ama_user).get(detail(cast.ama_savings), query).content.decode()
    assert page.count('class="what"') == found
    assert ("No movement matches" in page) is (found == 0)


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_the_page_asks_as_little_of_many_movements_as_of_few(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    client.get(detail(cast.ama_savings))
    counts = []
    for more in (1, 2, 197):
        move(cast, more)
        counts.append(queries_of(client, detail(cast.ama_savings)))
    assert counts[0] == counts[1] == counts[2] <= 15


def test_the_list_asks_as_little_for_many_accounts(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    first = queries_of(client, reverse("account_list"))
    opening = services.Opening(cast.ama, cast.savings, cast.north, cast.north.business_date)
    services.open_accounts(openings=[opening] * 30, by=None, at=NOW)
    assert queries_of(client, reverse("account_list")) == first


def test_staff_looking_leave_a_trace(cast: Cast, client_for: ClientFor) -> None:
    client_for(cast.manager).get(detail(cast.ama_savings))
    client_for(cast.ama_user).get(detail(cast.ama_savings))
    seen = CustomerView.objects.get()
    assert (seen.customer, seen.viewer, seen.reason) == (
        cast.ama,
        cast.manager,
        f"Account …{cast.ama_savings.last_four}",
    )


def test_a_movement_in_plain_words(cast: Cast, client_for: ClientFor) -> None:
    move(cast, 1)
    entry = Entry.objects.get(kind="transfer")
    url = reverse("movement_detail", args=[cast.ama_savings.number, entry.reference])
    page = text_of(client_for(cast.ama_user).get(url))
    assert "Transfer to Kofi Boateng" in page
    assert "Business day 21 Nov 2026" in page
    assert "Balance after GHS 999.00" in page


def test_a_movement_is_nobody_elses(cast: Cast, client_for: ClientFor) -> None:
    move(cast, 1)
    reference = Entry.objects.get(kind="transfer").reference
    own, others = cast.outsider_savings.number, cast.ama_savings.number
    client = client_for(cast.outsider_user)
    assert client.get(reverse("movement_detail", args=[others, reference])).status_code == 404
    assert client.get(reverse("movement_detail", args=[own, reference])).status_code == 404


def test_a_reversed_movement_says_so_both_ways(cast: Cast, client_for: ClientFor) -> None:
    move(cast, 1)
    entry = Entry.objects.get(kind="transfer")
    back = reverse_entry(entry=entry, reason="Wrong person", key=new_key(), channel="branch", by=cast.manager, at=NOW)
    client = client_for(cast.ama_user)
    old = text_of(client.get(reverse("movement_detail", args=[cast.ama_savings.number, entry.reference])))
    new = text_of(client.get(reverse("movement_detail", args=[cast.ama_savings.number, back.reference])))
    assert "This movement was reversed" in old
    assert f"Reversal of {grouped(entry.reference)}".replace("\N{NO-BREAK SPACE}", " ") in new


def test_an_owner_names_an_account(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.ama_user), reverse("account_rename", args=[cast.ama_savings.number])
    assert client.get(url).status_code == 200
    response = client.post(url, {"nickname": "<b>School</b>"})
    assert (response.status_code, response.headers["Location"]) == (303, detail(cast.ama_savings))
    assert "&lt;b&gt;School" in client.get(detail(cast.ama_savings)).content.decode()


def test_a_name_too_long_is_shown_again(cast: Cast, client_for: ClientFor) -> None:
    url = reverse("account_rename", args=[cast.ama_savings.number])
    response = client_for(cast.ama_user).post(url, {"nickname": "x" * 41})
    assert response.status_code == 422
    assert "x" * 41 in response.content.decode()


@pytest.mark.parametrize(("who", "status"), [("kofi_user", 404), ("cashier", 403), ("manager", 403), ("auditor", 403)])
def test_nobody_else_names_it(cast: Cast, client_for: ClientFor, who: str, status: int) -> None:
    url = reverse("account_rename", args=[cast.ama_savings.number])
    assert client_for(getattr(cast, who)).post(url, {"nickname": "Mine"}).status_code == status


def test_interest_so_far_is_shown(cast: Cast, client_for: ClientFor) -> None:
    """1,000.00 since today at 4.5 per cent: one day earns 0.12."""
    cast.north.business_date += timedelta(days=0)
    page = text_of(client_for(cast.ama_user).get(detail(cast.ama_savings)))
    assert "Interest so far this month GHS 0.12" in page
