"""A transfer through its three pages, as a person without scripts goes; and what nobody can make it do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.grants import Scope, scope_for
from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base import clock
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import queries, services
from portal.deposits.models import Beyond, DepositAccount
from portal.deposits.numbers import account_number
from portal.ledger.models import Entry
from tests.cast import NOW, Cast, ghs
from tests.deposits.plans import susu_product

ClientFor = Callable[..., Client]
WRONG_AMOUNTS = [
    "1e5",
    "NaN",
    "Infinity",
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}",
    "0.001",
    "-0",
    "-5",
    "+5",
    "0",
    "0.00",
    "",
    " ",
    "1,00",
    "1.2.3",
    "0x10",
    "1_000",
    "99999999999999999999",
    "<b>1</b>",
]


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]+)"', response.content.decode())
    assert found, f"no {name} on the page"
    return found[1]


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\N{NO-BREAK SPACE}", " ")


def choose(client: Client, cast: Cast, number: str, **changes: str) -> Any:
    data = {"source": cast.ama_savings.number, "to": "other", "number": number} | changes
    return client.post(reverse("transfer_amount"), data)


def check(client: Client, cast: Cast, amount: str, *, memo: str = "") -> Any:
    draft = hidden(choose(client, cast, cast.kofi_savings.number), "draft")
    return client.post(reverse("transfer_check"), {"draft": draft, "amount": amount, "memo": memo})


def send(client: Client, checked: Any, **changes: str) -> Any:
    data = {"draft": hidden(checked, "draft"), "key": hidden(checked, "key")} | changes
    return client.post(reverse("transfer_done"), data)


def available(account: DepositAccount) -> Any:
    return queries.funds_of(account).available


def test_three_pages_lead_to_the_receipt(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert "Step 1 of 3" in words(client.get(reverse("transfer_start")))
    assert "To Kofi Boateng" in words(choose(client, cast, cast.kofi_savings.number))
    checked = check(client, cast, "250.00", memo="Rent")
    said = words(checked)
    assert f"Send GHS 250.00 to Kofi Boateng …{cast.kofi_savings.last_four}" in said
    assert "Balance after GHS 750.00" in said
    sent = send(client, checked)
    entry = Entry.objects.get(kind="transfer")
    assert (sent.status_code, sent.headers["Location"]) == (303, reverse("receipt", args=[entry.reference]))
    assert (entry.memo, entry.channel, available(cast.kofi_savings)) == ("Rent", "online", ghs("750.00"))


def test_between_own_accounts(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    chosen = choose(client, cast, "", to=cast.ama_current.number)
    assert "To my Current" in words(chosen)
    checked = client.post(reverse("transfer_check"), {"draft": hidden(chosen, "draft"), "amount": "1"})
    assert send(client, checked).status_code == 303
    assert available(cast.ama_current) == ghs("251.00")


def test_a_number_may_be_typed_in_groups(cast: Cast, client_for: ClientFor) -> None:
    number = cast.kofi_savings.number
    typed = f" {number[:4]} {number[4:8]}-{number[8:]} "
    assert "Kofi Boateng" in words(choose(client_for(cast.ama_user), cast, typed))


def test_a_large_amount_is_spelled_out(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert "one thousand cedis and 00/100" in words(check(client, cast, "1,000.00"))
    assert "cedis and" not in words(check(client, cast, "999.99"))


def test_the_same_form_twice_is_one_transfer(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    first, again = send(client, checked), send(client, checked)
    assert first.headers["Location"] == again.headers["Location"]
    assert available(cast.ama_savings) == ghs("990.00")


def test_a_used_key_moves_nothing_else(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    send(client, checked)
    response = send(client, check(client, cast, "11"), key=hidden(checked, "key"))
    assert response.status_code == 422
    assert "already used for something else" in words(response)
    assert available(cast.ama_savings) == ghs("990.00")


def test_sending_the_same_again_is_doubted(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    send(client, check(client, cast, "10"))
    assert "You sent the same amount to the same account" in words(check(client, cast, "10"))
    assert "You sent the same" not in words(check(client, cast, "10.01"))


def test_after_a_while_it_is_not_doubted(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    send(client, check(client, cast, "10"))
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
        assert "You sent the same" not in words(check(client, cast, "10"))


@pytest.mark.parametrize("amount", WRONG_AMOUNTS)
def test_what_is_no_amount_is_refused_and_kept(cast: Cast, client_for: ClientFor, amount: str) -> None:
    response = check(client_for(cast.ama_user), cast, amount, memo="Kept words")
    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert 'value="Kept words"' in response.content.decode()


def test_more_than_there_is_says_how_much_there_is(cast: Cast, client_for: ClientFor) -> None:
    response = check(client_for(cast.ama_user), cast, "1000.01")
    assert response.status_code == 422
    assert "At most GHS 1,000.00 is available" in words(response)


def test_money_gone_since_the_check_is_refused_by_the_ledger(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    first, second = check(client, cast, "600"), check(client, cast, "700")
    send(client, first)
    response = send(client, second)
    assert response.status_code == 422
    assert "at most GHS 400.00" in words(response)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("", "Enter the account number"),
        ("12", "not an account number"),
        ("010100000999", "not an account number"),
        ("\N{FULLWIDTH DIGIT ONE}" * 12, "not an account number"),
        (account_number("01", "01", 999_999), "No account has this number"),
    ],
)
def test_a_payee_that_is_not_there(cast: Cast, client_for: ClientFor, number: str, said: str) -> None:
    response = choose(client_for(cast.ama_user), cast, number)
    assert response.status_code == 422
    assert said in words(response)
    assert f'value="{number}"' in response.content.decode() or not number


def test_a_payee_that_takes_no_money(cast: Cast, client_for: ClientFor) -> None:
    DepositAccount.objects.filter(pk=cast.kofi_savings.pk).update(state="frozen")
    response = choose(client_for(cast.ama_user), cast, cast.kofi_savings.number)
    assert (response.status_code, "takes no money" in words(response)) == (422, True)


def test_an_account_cannot_pay_itself(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    assert choose(client, cast, cast.ama_savings.number).status_code == 422
    assert choose(client, cast, "", to=cast.ama_savings.number).status_code == 422


def test_money_leaves_only_the_own_accounts(cast: Cast, client_for: ClientFor) -> None:
    response = choose(client_for(cast.ama_user), cast, cast.outsider_savings.number, source=cast.kofi_savings.number)
    assert response.status_code == 422
    assert not Entry.objects.filter(kind="transfer").exists()


def test_another_persons_draft_is_worth_nothing(cast: Cast, client_for: ClientFor) -> None:
    checked = check(client_for(cast.ama_user), cast, "10")
    response = send(client_for(cast.kofi_user), checked)
    assert response.headers["Location"] == reverse("transfer_start")
    assert available(cast.ama_savings) == ghs("1000.00")


def test_an_account_that_changed_hands_is_not_found(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    DepositAccount.objects.filter(pk=cast.ama_savings.pk).update(customer=cast.kofi)
    assert send(client, checked).status_code == 404


@pytest.mark.parametrize("draft", ["", "nonsense", "a:b:c"])
def test_a_draft_that_is_none_leads_to_the_start(cast: Cast, client_for: ClientFor, draft: str) -> None:
    client = client_for(cast.ama_user)
    response = client.post(reverse("transfer_done"), {"draft": draft, "key": new_key()})
    assert response.headers["Location"] == reverse("transfer_start")
    assert "Nothing was sent" in words(client.get(reverse("transfer_start")))


def test_a_draft_grows_old(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        client.force_login(cast.ama_user)  # the session has ended by then too
        assert send(client, checked).headers["Location"] == reverse("transfer_start")
    assert available(cast.ama_savings) == ghs("1000.00")


@pytest.mark.parametrize("key", ["", "7", "not-a-uuid", "'; DROP TABLE ledger_entry"])
def test_without_a_key_nothing_is_sent(cast: Cast, client_for: ClientFor, key: str) -> None:
    client = client_for(cast.ama_user)
    assert send(client, check(client, cast, "10"), key=key).status_code == 422
    assert available(cast.ama_savings) == ghs("1000.00")


def test_nothing_else_that_is_sent_along_changes_anything(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    send(client, checked, kind="deposit", amount="9999", source=cast.kofi_savings.number, business_date="2020-01-01")
    entry = Entry.objects.get(kind="transfer")
    assert (entry.business_date, entry.actor) == (cast.north.business_date, cast.ama_user)
    assert (available(cast.ama_savings), available(cast.kofi_savings)) == (ghs("990.00"), ghs("510.00"))


@pytest.mark.parametrize(
    "who", ["cashier", "mobile_banker", "manager", "operations_manager", "administrator", "auditor"]
)
@pytest.mark.parametrize("name", ["transfer_start", "transfer_amount", "transfer_check", "transfer_done"])
def test_staff_make_no_transfers(cast: Cast, client_for: ClientFor, who: str, name: str) -> None:
    client = client_for(getattr(cast, who))
    assert (client.get(reverse(name)).status_code, client.post(reverse(name)).status_code) == (403, 403)


@pytest.mark.parametrize("name", ["transfer_amount", "transfer_check", "transfer_done"])
def test_a_step_opened_by_itself_leads_to_the_first(cast: Cast, client_for: ClientFor, name: str) -> None:
    response = client_for(cast.ama_user).get(reverse(name))
    assert (response.status_code, response.headers["Location"]) == (303, reverse("transfer_start"))


def test_what_was_chosen_can_be_changed(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    draft = hidden(check(client, cast, "12.50", memo="Rent"), "draft")
    to = client.post(reverse("transfer_start"), {"draft": draft}).content.decode()
    amount = client.post(reverse("transfer_amount"), {"draft": draft}).content.decode()
    assert f'value="{cast.kofi_savings.number}"' in to
    assert 'value="12.50"' in amount
    assert 'value="Rent"' in amount


def test_forged_forms_are_refused(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user, enforce_csrf_checks=True)
    assert client.post(reverse("transfer_done"), {"draft": "x", "key": new_key()}).status_code == 403


def test_the_outcome_is_known_to_who_sent_it(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    checked = check(client, cast, "10")
    url = reverse("transfer_outcome", args=[hidden(checked, "key")])
    assert "Nothing was sent" in words(client.get(url))
    send(client, checked)
    assert "The transfer was sent" in words(client.get(url))
    assert "Nothing was sent" in words(client_for(cast.kofi_user).get(url))


def test_a_frozen_account_is_not_offered(cast: Cast, client_for: ClientFor) -> None:
    DepositAccount.objects.filter(customer=cast.ama).update(state="frozen")
    assert "You have no account that money can be sent from" in words(
        client_for(cast.ama_user).get(reverse("transfer_start"))
    )


@pytest.mark.parametrize(
    "capability", ["CASH_RECEIVE", "CASH_PAY", "INTEREST_POST", "DRAWER_OPERATE", "JOURNAL_EXPORT"]
)
def test_customers_hold_nothing_that_makes_money(capability: str) -> None:
    assert scope_for(Role.CUSTOMER, Capability[capability]) is Scope.NONE


def test_sending_costs_few_statements(cast: Cast, client_for: ClientFor) -> None:
    """Session, user, device, PIN, the two accounts, limits, the gate's two, the posting; the test's own transaction stands for the rest."""
    client = client_for(cast.ama_user)
    send(client, check(client, cast, "1"))
    checked = check(client, cast, "2")
    with CaptureQueriesContext(connection) as caught:
        assert send(client, checked).status_code == 303
    assert len(caught) <= 13, [query["sql"][:60] for query in caught]


def test_names_are_not_collected_by_trying_numbers(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    asked = {"source": cast.ama_savings.number, "to": "other", "number": cast.kofi_savings.number}
    answers = [client.post(reverse("transfer_amount"), asked) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [422]
    assert "Kofi" not in words(answers[-1])
    assert cast.kofi_savings.number in answers[-1].content.decode()


def limited(cast: Cast, beyond: str) -> None:
    services.set_limit(
        currency="GHS",
        at_once=ghs("100.00"),
        per_day=None,
        beyond=beyond,
        effective_from=cast.north.business_date,
        reason="Rules of the house",
        by=cast.operations_manager,
        approved_by=cast.manager,
        at=NOW,
    )


def test_beyond_a_limit_nothing_moves(cast: Cast, client_for: ClientFor) -> None:
    limited(cast, Beyond.REFUSE)
    client = client_for(cast.ama_user)
    checked = check(client, cast, "250.00")
    answer = send(client, checked, ask="1")
    assert answer.status_code == 422
    assert "At most GHS 100.00" in words(answer)
    assert "Ask your branch" not in words(answer)
    assert (available(cast.kofi_savings), Request.objects.count()) == (ghs("500.00"), 0)


def test_beyond_a_limit_the_branch_may_allow_it_once(cast: Cast, client_for: ClientFor) -> None:
    limited(cast, Beyond.ASK)
    client = client_for(cast.ama_user)
    checked = check(client, cast, "250.00")
    assert "Ask your branch" in words(send(client, checked))
    asked = send(client, checked, ask="1")
    assert asked.status_code == 303, words(asked)
    assert available(cast.kofi_savings) == ghs("500.00")
    request = Request.objects.get()
    decide(request=request, approve=True, by=cast.manager, at=NOW)
    assert available(cast.kofi_savings) == ghs("750.00")
    with pytest.raises(Refused):
        decide(request=request, approve=True, by=cast.operations_manager, at=NOW)
    assert send(client, checked).status_code == 303
    assert available(cast.kofi_savings) == ghs("750.00")


def test_a_saved_payee_is_chosen_by_name(cast: Cast, client_for: ClientFor) -> None:
    services.add_payee(customer=cast.ama, account=cast.kofi_savings, nickname="Landlord", by=cast.ama_user, at=NOW)
    client = client_for(cast.ama_user)
    assert "Landlord" in words(client.get(reverse("transfer_start")))
    assert "To Kofi Boateng" in words(choose(client, cast, "", to=cast.kofi_savings.number))
    assert "Landlord" not in words(client_for(cast.kofi_user).get(reverse("transfer_start")))


def test_a_plan_takes_and_sends_no_transfers(cast: Cast, client_for: ClientFor) -> None:
    account = services.start_susu(
        customer=cast.ama,
        product=susu_product(),
        stake=ghs("5.00"),
        branch=cast.north,
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    client = client_for(cast.ama_user)
    assert account.last_four not in words(client.get(reverse("transfer_start")))
    assert choose(client, cast, account.number).status_code == 422
