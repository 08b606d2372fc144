"""A former member asks to be forgotten: who they were goes, what the law of the books keeps stays, and the books still prove."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import ask, decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.deposits.services import close_account
from portal.home.services import close_customer
from portal.ledger.proof import prove
from portal.people.models import Customer, User
from portal.signin.models import AuthenticatorApp, SignInSession
from portal.signin.services import begin_session, set_pin
from portal.statements.queries import statement
from tests.cast import NOW, Cast, ghs, make_account, make_user, open_drawer
from tests.people.filling import verified
from tests.signin.factors import give_app

LATER = NOW + timedelta(days=7 * 366)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def member(cast: Cast) -> Customer:
    """Verified, with a profile, a factor, a PIN, a session, and an account through which money went."""
    customer = verified(cast.north, cast.cashier, cast.manager)
    user = make_user(Role.CUSTOMER, customer.full_name, customer=customer)
    give_app(user)
    set_pin(user=user, pin="7391", by=user, at=NOW)
    begin_session(user=user, key=new_key()[:32], visit=None, is_shared=False, at=NOW)
    make_account(customer, cast.savings, balance=ghs("75.00"))
    return customer


@pytest.fixture
def gone(cast: Cast, member: Customer) -> Iterator[Customer]:
    """Seven years after the account was closed and the member left."""
    open_drawer(cast.drawer, cast.cashier)
    close_account(
        account=DepositAccount.objects.get(customer=member),
        reason="Moves abroad",
        cash=cast.drawer.ledger_account,
        key=new_key(),
        asked_by=cast.manager,
        approved_by=cast.operations_manager,
        at=NOW,
    )
    close_customer(customer=member, reason="Moves abroad", by=cast.manager, at=NOW)
    with time_machine.travel(LATER, tick=False):
        yield member


def asked(cast: Cast, customer: Customer) -> Request:
    payload = {"number": customer.number, "reason": "The member wrote"}
    return ask(act="anonymisation", payload=payload, by=cast.operations_manager, at=LATER)


def words_left(word: str, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text ILIKE %s", [f"%{word}%"])  # noqa: S608
        return int(cursor.fetchone()[0])


def told(account: DepositAccount) -> list[tuple[Any, ...]]:
    """What the statement of the year says, line by line."""
    return [(line.posting_id, line.debit, line.credit, line.balance_after) for line in statement(account, *YEAR).lines]


def test_who_they_were_goes_and_what_happened_stays(cast: Cast, gone: Customer) -> None:
    account = DepositAccount.objects.get(customer=gone)
    before, name, email = told(account), gone.full_name, User.objects.get(customer=gone).email
    assert len(before) > 1
    decide(request=asked(cast, gone), approve=True, by=cast.administrator, at=LATER)
    assert told(account) == before
    assert all(proof.holds for proof in prove())
    tables = ("people_customer", "people_user", "people_nextofkin", "people_identitydocument", "people_address")
    sent = ("notifications_notice", "notifications_delivery", "outbox_job")
    for table in (
        *tables,
        *sent,
        "signin_signup",
        "signin_sentcode",
        "account_emailaddress",
        "deposits_depositaccount",
    ):
        assert (table, words_left(name, table), words_left(email, table)) == (table, 0, 0)


def test_nothing_lets_them_in_any_more(cast: Cast, gone: Customer) -> None:
    decide(request=asked(cast, gone), approve=True, by=cast.administrator, at=LATER)
    user = User.objects.get(customer=gone)
    assert not user.is_active
    assert not user.has_usable_password()
    assert not AuthenticatorApp.objects.filter(user=user).exists()
    assert not SignInSession.objects.filter(user=user, ended_at=None, seen_at__gt=LATER).exists()


def test_it_takes_two_people_and_happens_once(cast: Cast, gone: Customer) -> None:
    request = asked(cast, gone)
    with pytest.raises(Refused, match="yourself"):
        decide(request=request, approve=True, by=cast.operations_manager, at=LATER)
    decide(request=request, approve=True, by=cast.administrator, at=LATER)
    with pytest.raises(Refused, match="anonymous already"):
        asked(cast, gone)


def test_the_law_keeps_whoever_still_has_an_account(cast: Cast, member: Customer) -> None:
    with pytest.raises(Refused, match="Still open"):
        asked(cast, member)
