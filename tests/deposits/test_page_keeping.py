"""The pages on which accounts are kept: what each may do, what is shown of what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import AccountClosure, AccountHolder, DepositAccount, InterestPosting, TakenCharge
from tests.cast import NOW, TODAY, Cast, fund, ghs
from tests.deposits.test_services_states import asked

ClientFor = Callable[..., Client]


def state(account: DepositAccount) -> str:
    return DepositAccount.objects.get(pk=account.pk).state


def test_a_manager_freezes_and_releases_and_the_history_says_why(cast: Cast, client_for: ClientFor) -> None:
    client, number = client_for(cast.manager), cast.ama_savings.number
    for word in ("frozen", "active"):
        client.post(reverse("account_state", args=[number]), {"state": word, "reason": f"Court order {word}"})
    page = client.get(reverse("account_keeping", args=[number])).content.decode()
    assert "Active → Frozen" in page
    assert "Court order frozen" in page
    assert cast.manager.full_name in page


def test_its_owner_reads_what_became_of_it_without_names_of_the_staff(cast: Cast, client_for: ClientFor) -> None:
    number = cast.ama_savings.number
    services.change_state(account=cast.ama_savings, state="blocked", reason="Card lost", by=cast.manager, at=NOW)
    taken = TakenCharge.objects.create(
        account=cast.ama_savings, kind="monthly", amount_minor=300, memo="Fee", used_on=TODAY, made_at=NOW
    )
    services.waive_charge(taken=taken, reason="Promised at the counter", by=cast.manager, at=NOW)
    page = client_for(cast.ama_user).get(reverse("account_keeping", args=[number])).content.decode()
    assert "Card lost" in page
    assert "Promised at the counter" in page
    assert cast.manager.full_name not in page


def test_a_dormant_account_wakes_with_an_identity(cast: Cast, client_for: ClientFor) -> None:
    DepositAccount.objects.filter(pk=cast.ama_savings.pk).update(state="dormant")
    client, url = client_for(cast.manager), reverse("account_state", args=[cast.ama_savings.number])
    form = {"state": "active", "reason": "Came in"}
    assert client.post(url, form).status_code == 422
    assert client.post(url, form | {"identity_seen": "Ghana Card"}).status_code == 303
    assert state(cast.ama_savings) == "active"


def test_a_joint_account_is_seen_by_each_holder_while_they_hold_it(cast: Cast, client_for: ClientFor) -> None:
    kofi, manager = client_for(cast.kofi_user), client_for(cast.manager)
    number = cast.ama_savings.number
    detail = reverse("account_detail", args=[number])
    assert kofi.get(detail).status_code == 404
    manager.post(reverse("holder_new", args=[number]), {"customer": cast.kofi.number, "reason": "Married"})
    assert kofi.get(detail).status_code == 200
    assert cast.ama_savings.last_four in kofi.get(reverse("account_list")).content.decode()
    holder = AccountHolder.objects.get()
    manager.post(reverse("holder_end", args=[number, holder.pk]), {"reason": "Divorced"})
    assert kofi.get(detail).status_code == 404


def test_an_agreement_is_shown_as_what_it_was_and_is(cast: Cast, client_for: ClientFor) -> None:
    client, number = client_for(cast.manager), cast.ama_savings.number
    form = {"mandate": "all", "overdraft_limit": "100.00", "reason": "A club"}
    assert client.post(reverse("account_edit", args=[number]), form).status_code == 303
    page = client.get(reverse("account_keeping", args=[number])).content.decode()
    assert "Any holder alone → All holders together" in page
    assert "GHS 0.00 → GHS 100.00" in page


def test_a_small_account_is_closed_at_once_and_a_large_one_by_two(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.manager)
    small = asked(cast, by=cast.cashier).account
    close = {"target": "", "reason": "Not needed", "key": new_key()}
    assert client.post(reverse("account_close", args=[small.number]), close).status_code == 303
    assert state(small) == "closed"
    other = asked(cast, by=cast.cashier).account
    DepositAccount.objects.filter(pk=cast.ama_savings.pk).update(opened_on=TODAY)
    fund(cast.ama_savings, ghs("500.00"))
    form = {"target": other.number, "reason": "Moving away", "key": new_key()}
    assert client.post(reverse("account_close", args=[cast.ama_savings.number]), form).status_code == 303
    assert state(cast.ama_savings) == "active"
    decide(request=Request.objects.get(), approve=True, by=cast.operations_manager, at=NOW)
    closure = AccountClosure.objects.get(account=cast.ama_savings)
    assert (state(cast.ama_savings), closure.approved_by) == ("closed", cast.operations_manager)


def limit_on_closing(cast: Cast, amount: str, role: str = "") -> None:
    services.set_limit(
        role=role,
        channel="closing",
        currency="GHS",
        at_once=ghs(amount),
        per_day=None,
        effective_from=TODAY,
        reason="Rule",
        by=cast.operations_manager,
        approved_by=cast.administrator,
        at=NOW,
    )


def test_up_to_a_limit_one_person_closes_and_the_least_limit_counts(cast: Cast, client_for: ClientFor) -> None:
    limit_on_closing(cast, "1000.00")
    client, other = client_for(cast.manager), asked(cast, by=cast.cashier).account
    url = reverse("account_close", args=[cast.ama_savings.number])
    limit_on_closing(cast, "100.00", role="manager")
    client.post(url, {"target": other.number, "reason": "Moving away", "key": new_key()})
    assert (Request.objects.count(), state(cast.ama_savings)) == (1, "active")
    limit_on_closing(cast, "1000.00", role="manager")
    client.post(url, {"target": other.number, "reason": "Moving away now", "key": new_key()})
    assert state(cast.ama_savings) == "closed"


def test_what_is_left_of_a_days_limit_is_told(cast: Cast, client_for: ClientFor) -> None:
    services.set_limit(
        role="customer",
        channel="online",
        currency="GHS",
        at_once=ghs("60.00"),
        per_day=ghs("100.00"),
        effective_from=TODAY,
        reason="Rule",
        by=cast.operations_manager,
        approved_by=cast.administrator,
        at=NOW,
    )
    services.transfer(
        source=cast.ama_savings, target=cast.kofi_savings, amount=ghs("35.50"), key=new_key(), by=cast.ama_user, at=NOW
    )
    url = reverse("account_keeping", args=[cast.ama_savings.number])
    for who in (cast.ama_user, cast.manager):
        page = client_for(who).get(url).content.decode()
        assert "What may be sent today" in page
        assert "64.50" in page


def test_without_a_second_person_the_service_closes_no_large_balance(cast: Cast) -> None:
    with pytest.raises(Refused, match="second person"):
        services.close_account(
            account=cast.ama_savings,
            reason="Gone",
            target=cast.ama_current,
            key=new_key(),
            asked_by=cast.manager,
            at=NOW,
        )


def test_the_rest_goes_to_no_account_that_is_only_held_together(cast: Cast, client_for: ClientFor) -> None:
    services.add_holder(account=cast.ama_current, customer=cast.kofi, reason="Savers", by=cast.manager, at=NOW)
    url = reverse("account_close", args=[cast.kofi_savings.number])
    page = client_for(cast.manager).get(url).content.decode()
    assert f'value="{cast.ama_current.number}"' not in page
    assert "Ask for it to be closed" in page


def test_a_limit_on_closing_has_no_sum_of_a_day(cast: Cast) -> None:
    with pytest.raises(Refused, match="at once only"):
        services.set_limit(
            channel="closing",
            currency="GHS",
            at_once=None,
            per_day=ghs("1.00"),
            effective_from=TODAY,
            reason="Rule",
            by=cast.operations_manager,
            approved_by=cast.administrator,
            at=NOW,
        )


def test_a_charge_is_waived_on_the_page(cast: Cast, client_for: ClientFor) -> None:
    due = TakenCharge.objects.create(
        account=cast.ama_savings, kind="monthly", amount_minor=100, memo="Fee", used_on=TODAY, made_at=NOW
    )
    client = client_for(cast.manager)
    assert client.post(reverse("charge_waive", args=[due.pk]), {"reason": "Our mistake"}).status_code == 303
    page = client_for(cast.ama_user).get(reverse("account_keeping", args=[cast.ama_savings.number])).content.decode()
    assert "Waived" in page
    assert "Our mistake" in page


def test_a_manager_posts_one_accounts_interest(cast: Cast, client_for: ClientFor) -> None:
    url = reverse("account_interest", args=[cast.ama_savings.number])
    client = client_for(cast.manager)
    assert client.post(url, {"through": "2026-11-21", "reason": "x"}).status_code == 422
    assert client.post(url, {"through": "2026-11-20", "reason": "Promised"}).status_code == 303
    assert InterestPosting.objects.get(account=cast.ama_savings).period_end.day == 20


def test_a_customer_asks_and_a_manager_approves(cast: Cast, client_for: ClientFor) -> None:
    customer, manager = client_for(cast.ama_user), client_for(cast.manager)
    answer = customer.post(reverse("account_apply"), {"product": cast.savings.pk, "purpose": "School fees"})
    account = DepositAccount.objects.get(state="applied")
    assert answer.headers["Location"] == reverse("account_keeping", args=[account.number])
    assert "School fees" in manager.get(reverse("application_list")).content.decode()
    url = reverse("application_decide", args=[account.application.pk])
    assert manager.post(url, {"accept": "no", "reason": ""}).status_code == 422
    assert manager.post(url, {"accept": "yes"}).status_code == 303
    assert state(account) == "approved"


def test_staff_open_an_account_for_two(cast: Cast, client_for: ClientFor) -> None:
    form = {
        "customer": cast.ama.number,
        "product": cast.savings.pk,
        "purpose": "House",
        "other": cast.kofi.number,
        "mandate": "all",
    }
    client = client_for(cast.cashier)
    assert client.post(reverse("account_open"), form | {"customer": "1"}).status_code == 422
    client.post(reverse("account_open"), form)
    account = DepositAccount.objects.get(state="approved")
    assert (account.mandate, account.holders.get().customer) == ("all", cast.kofi)


def test_what_waits_is_shown_to_its_customer_who_takes_it_back(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    request = services.ask_for_transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("50.00"),
        memo="Rent",
        key=new_key(),
        reason="Above the limit",
        by=cast.ama_user,
        at=NOW,
    )
    url = reverse("waiting_withdraw", args=[request.pk])
    for address in (reverse("account_detail", args=[cast.ama_savings.number]), reverse("home")):
        page = client.get(address).content.decode()
        assert "Waits for a decision" in page
        assert url in page
    assert client_for(cast.kofi_user).post(url).status_code == 404
    assert client.post(url).status_code == 303
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert "Waits for a decision" not in client.get(reverse("home")).content.decode()
    assert client.post(url).status_code == 404


def test_staff_see_what_waits_and_take_nothing_back_there(cast: Cast, client_for: ClientFor) -> None:
    request = services.ask_for_closing(
        account=cast.ama_savings,
        target=cast.ama_current,
        reason="Moving away",
        key=new_key(),
        by=cast.manager,
        at=NOW,
    )
    address = reverse("account_detail", args=[cast.ama_savings.number])
    for user in (cast.manager, cast.ama_user):
        page = client_for(user).get(address).content.decode()
        assert "Close account" in page
        assert "Take it back" not in page
    assert reverse("approval", args=[request.pk]) in client_for(cast.manager).get(address).content.decode()


def test_an_application_is_taken_back_once_and_by_its_asker_only(cast: Cast, client_for: ClientFor) -> None:
    application = asked(cast)
    url, client = reverse("application_withdraw", args=[application.pk]), client_for(cast.ama_user)
    assert client_for(cast.kofi_user).post(url).status_code == 404
    assert url in client.get(reverse("account_detail", args=[application.account.number])).content.decode()
    assert [client.post(url).status_code for _ in range(2)] == [303, 404]
    assert state(application.account) == "declined"
    with pytest.raises(Refused, match="decided this meanwhile"):
        services.decide_application(application=application, accept=True, reason="", by=cast.manager, at=NOW)
