"""Sixteen drawers in four processes at once: no cash is made or lost, and no account goes below nothing."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from deploy.folder import ROOT
from portal.access.roles import Role
from portal.base.errors import Refused
from portal.base.money import Money
from portal.drawers.models import CashMovement, Drawer, DrawerSession
from portal.drawers.queries import report
from portal.ledger.models import Posting
from tests.cast import CURRENCY, Cast, ghs, make_account, make_customer, make_drawer, make_user
from tests.counter.working import pay_out, take_in
from tests.drawers.working import balance, opened
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, CASHIERS, ORDERS = 4, 16, 50
PATIENCE_SECONDS = 300
"""A busy machine is slow, not wrong: the work is counted, not timed."""


def serve_many(orders: int, cashiers: list[int], account_ids: list[int], seed: int) -> None:
    """What one process does: any of the drawers serves any member, drawn at random; all begin at the same word."""
    from portal.deposits.models import DepositAccount

    chance = random.Random(seed)
    sessions = list(DrawerSession.objects.select_related("cashier", "drawer").filter(cashier__in=cashiers))
    accounts = list(
        DepositAccount.objects.select_related("customer", "product", "ledger_account").in_bulk(account_ids).values()
    )
    for _ in range(orders):
        serve = chance.choice((take_in, pay_out))
        try:
            serve(chance.choice(sessions), chance.choice(accounts), f"{chance.randint(1, 90)}.{chance.randint(10, 99)}")
        except Refused as refused:
            if refused.code not in {"insufficient_funds", "drawer_short", "cash_limit"}:
                raise


SCRIPT = """
import django; django.setup()
from tests.counter.test_race_serve import serve_many
print("ready", flush=True)
input()
serve_many({orders}, {cashiers}, {accounts}, {seed})
"""


def test_sixteen_cashiers_at_once(cast: Cast) -> None:
    sessions = [_session(cast, number) for number in range(CASHIERS)]
    members = [make_customer(f"Member {number}", cast.north) for number in range(6)]
    accounts = [make_account(member, cast.savings, balance=ghs("200.00")) for member in members]
    running = [
        _start([session.cashier_id for session in sessions], [account.pk for account in accounts], seed)
        for seed in range(PROCESSES)
    ]
    assert [process.stdout.readline() for process in running if process.stdout] == ["ready\n"] * PROCESSES
    for process in running:
        _say_go(process)
    told = [process.communicate(timeout=PATIENCE_SECONDS)[1] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, told
    assert CashMovement.objects.count() > 50
    for session in sessions:
        assert report(session).expected.minor == balance(session.drawer.ledger_account) >= 0
    assert not Posting.objects.filter(balance_after_minor__lt=0).exists()
    assert _cash_in_all(sessions) == sum(balance(account.ledger_account) for account in accounts) - 6 * 20_000


def test_fourteen_of_sixty_withdrawals(cast: Cast) -> None:
    """7.00 sixty times from 100.00: fourteen are paid."""
    session = opened(cast.drawer, cast.cashier)
    account = make_account(cast.kofi, cast.current, balance=ghs("100.00"))
    paid = 0
    for _ in range(60):
        try:
            paid += bool(pay_out(session, account, "7.00"))
        except Refused as refused:
            assert refused.code == "insufficient_funds"  # noqa: PT017  # every other refusal is a failure of the test
    assert paid == 14
    assert balance(account.ledger_account) == 200
    assert Money(report(session).paid.minor, CURRENCY) == ghs("98.00")


def _session(cast: Cast, number: int) -> DrawerSession:
    drawer: Drawer = make_drawer(cast.north, f"Till {chr(ord('a') + number)}")
    return opened(drawer, make_user(Role.CASHIER, f"Cashier {number}", branch=cast.north))


def _start(cashiers: list[int], accounts: list[int], seed: int) -> subprocess.Popen[str]:
    """A process of its own on this test's database."""
    script = SCRIPT.format(orders=ORDERS, cashiers=cashiers, accounts=accounts, seed=seed)
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=environment({}), text=True, stdin=pipe, stdout=pipe, stderr=pipe
    )


def _say_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _cash_in_all(sessions: list[DrawerSession]) -> int:
    """What came into all drawers and stayed."""
    return sum((report(session).received - report(session).paid).minor for session in sessions)
