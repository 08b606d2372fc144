"""What is held elsewhere than on the customer's own pages: standing orders, cash; and what is told to whom."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.base.keys import new_key
from portal.deposits.models import StandingAttempt
from portal.deposits.services import pay_cash, receive_cash
from portal.fraud.models import HeldMovement, Verdict
from portal.fraud.services import holding
from portal.fraud.services.gate import UnderReview
from portal.notifications.models import Notice
from tests.cast import NOW, TODAY, Cast, ghs
from tests.deposits.test_services_standing import on, order
from tests.fraud.test_gate import rule, send

pytestmark = pytest.mark.django_db


def tried(cast: Cast, day: date) -> StandingAttempt:
    on(cast, day)
    return StandingAttempt.objects.latest("pk")


def test_a_standing_order_waits_as_long_as_somebody_looks_at_it(cast: Cast) -> None:
    rule(Verdict.HOLD)
    order(cast, retry_days=0)
    assert tried(cast, TODAY).outcome == "deferred"
    assert tried(cast, TODAY + timedelta(days=5)).outcome == "deferred"
    assert not Notice.objects.filter(kind="standing.failed").exists()


def test_released_it_was_sent_once(cast: Cast) -> None:
    rule(Verdict.HOLD)
    order(cast, retry_days=0)
    tried(cast, TODAY)
    holding.release(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    attempt = tried(cast, TODAY + timedelta(days=1))
    assert (attempt.outcome, attempt.entry_id) == ("sent", HeldMovement.objects.get().entry_id)


def test_returned_it_is_not_tried_again(cast: Cast) -> None:
    rule(Verdict.HOLD)
    order(cast, retry_days=9)
    tried(cast, TODAY)
    holding.give_back(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    assert tried(cast, TODAY + timedelta(days=1)).outcome == "failed"


def test_the_owner_is_told_when_it_is_held_and_when_it_is_decided(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(UnderReview):
        send(cast)
    assert Notice.objects.get(user=cast.ama_user).kind == "fraud.hold"
    holding.give_back(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    assert "not carried out" in Notice.objects.get(user=cast.ama_user, kind="fraud.done").text


def test_cash_that_waits_says_what_to_do(cast: Cast) -> None:
    rule(Verdict.HOLD)
    values: dict[str, Any] = {"account": cast.ama_savings, "amount": ghs("60.00"), "cash": cast.drawer.ledger_account}
    values |= {"branch": cast.north, "by": cast.cashier, "at": NOW}
    receive_cash(**values | {"account": cast.kofi_savings, "amount": ghs("500.00")}, key=new_key())
    key = new_key()
    for _ in range(2):
        with pytest.raises(UnderReview, match="second person"):
            pay_cash(**values, key=key)
    held = HeldMovement.objects.get()
    assert "Nothing is set aside" in held.what_next
    held = holding.release(held=held, by=cast.manager, at=NOW)
    assert "do the same again" in held.what_next
    assert not pay_cash(**values, key=key).replayed
    held.refresh_from_db()
    assert "after the release" in held.what_next
