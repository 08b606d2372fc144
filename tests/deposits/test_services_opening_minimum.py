"""The first money into a new account is at least what its terms say; after it any amount may come."""

from __future__ import annotations

from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import DepositAccount
from tests.cast import NOW, Cast, ghs, new_terms
from tests.deposits.test_services_states import asked, pay_in, state


@pytest.fixture
def account(cast: Cast) -> DepositAccount:
    new_terms(cast.savings, opening_minimum_minor=2_000)
    found: DepositAccount = asked(cast, by=cast.cashier).account
    return DepositAccount.objects.select_related("product", "branch", "ledger_account").get(pk=found.pk)


def transferred(cast: Cast, account: DepositAccount, amount: str) -> Any:
    return services.transfer(
        source=cast.ama_savings, target=account, amount=ghs(amount), key=new_key(), by=cast.ama_user, at=NOW
    )


@pytest.mark.parametrize("amount", ["0.01", "19.99"])
def test_too_little_is_refused_and_the_account_stays_approved(cast: Cast, account: DepositAccount, amount: str) -> None:
    with pytest.raises(Refused, match="at least GHS"):
        pay_in(account, cast, amount)
    with pytest.raises(Refused, match="at least GHS"):
        transferred(cast, account, amount)
    assert state(account) == "approved"


def test_the_least_opens_it_and_then_any_amount_may_come(cast: Cast, account: DepositAccount) -> None:
    pay_in(account, cast, "20.00")
    assert state(account) == "active"
    account.refresh_from_db()
    transferred(cast, account, "0.01")
