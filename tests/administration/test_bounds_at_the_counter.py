"""Ceilings and daily limits hold where cash moves."""

from __future__ import annotations

from typing import Any

import pytest

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.approvals.limits import OverLimit, moved_on
from portal.approvals.models import Ceiling, UserLimit
from portal.base.keys import new_key
from portal.counter.services import serve_deposit, serve_withdrawal
from portal.drawers.models import DrawerSession
from tests.cast import NOW, TODAY, Cast, ghs, open_drawer


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return open_drawer(cast.drawer, cast.cashier)


def bound(cast: Cast, capability: Capability, text: str) -> dict[str, Any]:
    people = {"asked_by": cast.operations_manager, "approved_by": cast.administrator, "at": NOW, "reason": "Test"}
    return {
        "capability": capability,
        "amount_minor": ghs(text).minor,
        "currency": "GHS",
        "effective_from": TODAY,
        **people,
    }


def served(cast: Cast, session: DrawerSession, service: Any, text: str, **options: Any) -> None:
    service(
        session=session,
        account=cast.ama_savings,
        amount=ghs(text),
        notes={},
        key=new_key(),
        by=cast.cashier,
        at=NOW,
        **options,
    )


def test_a_ceiling_stops_one_act_above_it(cast: Cast, session: DrawerSession) -> None:
    Ceiling.objects.create(role=Role.CASHIER, **bound(cast, Capability.CASH_PAY, "100.00"))
    served(cast, session, serve_withdrawal, "100.00", identity_seen=True)
    with pytest.raises(OverLimit):
        served(cast, session, serve_withdrawal, "100.01", identity_seen=True)


def test_a_daily_limit_counts_what_was_posted(cast: Cast, session: DrawerSession) -> None:
    UserLimit.objects.create(user=cast.cashier, **bound(cast, Capability.CASH_RECEIVE, "150.00"))
    served(cast, session, serve_deposit, "100.00")
    with pytest.raises(OverLimit, match=r"you have done GHS 100\.00"):
        served(cast, session, serve_deposit, "50.01")
    served(cast, session, serve_deposit, "50.00")
    done = moved_on(cast.cashier, Capability.CASH_RECEIVE, day=TODAY, currency="GHS")
    assert done == ghs("150.00")
