"""A case that holds what leaves a member's accounts: what waits, what goes on, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.queries import funds_of
from portal.deposits.services import pay_cash, transfer
from portal.fraud.models import Case, CaseEvent, HeldMovement
from portal.fraud.services import cases, holding
from portal.fraud.services.gate import UnderReview
from tests.access.fraud import fraud_things
from tests.cast import NOW, Cast, ghs
from tests.fraud.test_gate import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    """An open case about Ama; nothing of it waits."""
    found = Case.objects.get(number=fraud_things(cast.ama_savings, cast.ama_user)["case_number"])
    HeldMovement.objects.update(state=HeldMovement.State.RETURNED)
    return found


@pytest.fixture
def held(cast: Cast, case: Case) -> Case:
    return cases.hold_movements(case=case, why="She did not call", by=cast.manager, at=NOW)


def test_what_leaves_her_accounts_waits_and_says_by_which_case(cast: Cast, held: Case) -> None:
    with pytest.raises(UnderReview):
        send(cast)
    found = HeldMovement.objects.get(state="waiting")
    assert f"Case {held.number} holds" in found.alert.reasons[0]["value"]
    assert funds_of(cast.ama_savings).available == funds_of(cast.ama_savings).booked - ghs("60.00")


def test_cash_across_the_counter_waits_too(cast: Cast, held: Case) -> None:
    values: dict[str, Any] = {"account": cast.ama_savings, "amount": ghs("5.00"), "cash": cast.drawer.ledger_account}
    with pytest.raises(UnderReview, match="second person"):
        pay_cash(**values, branch=cast.north, key=new_key(), by=cast.cashier, at=NOW)


def test_what_comes_in_and_what_stays_hers_goes_on(cast: Cast, held: Case) -> None:
    values: dict[str, Any] = {"amount": ghs("5.00"), "at": NOW}
    own = transfer(source=cast.ama_savings, target=cast.ama_current, key=new_key(), by=cast.ama_user, **values)
    paid = transfer(
        source=cast.outsider_savings, target=cast.ama_savings, key=new_key(), by=cast.outsider_user, **values
    )
    assert not own.replayed
    assert not paid.replayed


def test_who_held_when_and_why_stands_in_a_row(cast: Cast, held: Case) -> None:
    event = CaseEvent.objects.get(kind="held")
    assert (event.by, event.at, event.text) == (cast.manager, NOW, "She did not call")


def test_a_hold_wants_a_reason_and_is_made_once(cast: Cast, held: Case) -> None:
    with pytest.raises(Refused, match="already"):
        cases.hold_movements(case=held, why="Again", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="Say why"):
        cases.let_movements_go(case=held, why=" ", by=cast.manager, at=NOW)


def test_let_go_she_moves_again_but_what_waits_goes_on_waiting(cast: Cast, held: Case) -> None:
    with pytest.raises(UnderReview):
        send(cast)
    cases.let_movements_go(case=held, why="She called", by=cast.operations_manager, at=NOW)
    assert send(cast, "5.00")
    assert HeldMovement.objects.filter(state="waiting").count() == 1


def test_what_a_reviewer_releases_passes_the_hold(cast: Cast, held: Case) -> None:
    with pytest.raises(UnderReview):
        send(cast)
    holding.release(held=HeldMovement.objects.get(state="waiting"), by=cast.manager, at=NOW)
    assert HeldMovement.objects.filter(state="used").count() == 1


def test_the_verdict_ends_it(cast: Cast, held: Case) -> None:
    cases.decide(case=held, outcome="cleared", reason="customer", note="", by=cast.manager, at=NOW)
    assert send(cast)


def test_nobody_holds_or_frees_themselves(cast: Cast, held: Case) -> None:
    cast.ama.email = cast.manager.email
    cast.ama.save()
    with pytest.raises(Refused, match="about you"):
        cases.let_movements_go(case=held, why="Mine", by=cast.manager, at=NOW)
