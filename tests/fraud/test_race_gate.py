"""Many at once: each is judged with what the others did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.services import transfer
from portal.fraud.models import AccountHabit, Verdict
from tests.cast import NOW, assemble, ghs
from tests.fraud.test_gate import rule

AT_ONCE, BOUND = 8, 4


@pytest.mark.django_db(transaction=True)
def test_a_bound_on_how_many_holds_for_many_at_once() -> None:
    cast = assemble()
    rule(Verdict.REJECT, condition="velocity", parameters={"count": BOUND})

    def send(_: int) -> bool:
        try:
            transfer(
                source=cast.ama_savings,
                target=cast.kofi_savings,
                amount=ghs("1.00"),
                key=new_key(),
                by=cast.ama_user,
                at=NOW,
            )
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = sum(pool.map(send, range(AT_ONCE)))
    habit = AccountHabit.objects.get(account=cast.ama_savings.ledger_account)
    assert (sent, habit.state["movements"]) == (BOUND - 1, BOUND - 1)
