"""The gate: every movement is judged before it posts; rules allow, ask, hold and reject; nothing is lost by a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.queries import funds_of
from portal.deposits.services import pay_cash, receive_cash, transfer
from portal.fraud.models import AccountHabit, Alert, Case, HeldMovement, Level, RuleVersion, ScoredMovement, Verdict
from portal.fraud.services import cases, holding
from portal.fraud.services.gate import ProofWanted, Rejected, UnderReview
from portal.fraud.services.rules import set_rule
from portal.ledger.models import Entry
from portal.signin.models import Device, SignInAttempt
from portal.signin.services.attempts import note_failure
from tests.cast import NOW, TODAY, Cast, ghs

pytestmark = pytest.mark.django_db


def rule(verdict: Verdict, *, least: str = "50.00", weight: int = 60, code: str = "test", **extra: Any) -> RuleVersion:
    amount = {"condition": "amount", "parameters": {"amount_minor": ghs(least).minor}}
    values: dict[str, Any] = {**amount, "effective_from": TODAY, **extra}
    return set_rule(
        code=code,
        name="A test",
        weight=weight,
        verdict=verdict,
        reason="Test",
        by=None,
        approved_by=None,
        at=NOW,
        **values,
    )


def send(cast: Cast, amount: str = "60.00", **values: Any) -> Any:
    told = {"key": new_key(), "by": cast.ama_user, "at": NOW, **values}
    return transfer(source=cast.ama_savings, target=cast.kofi_savings, amount=ghs(amount), **told)


def test_a_movement_is_kept_with_its_features_and_learned_from(cast: Cast) -> None:
    posted = send(cast)
    kept = ScoredMovement.objects.get(entry=posted.entry_id)
    assert (kept.kind, kept.amount_minor, kept.score_millionths) == ("transfer:online", 6000, None)
    assert kept.figures["new_peer"] == 1.0
    assert AccountHabit.objects.get(account=cast.ama_savings.ledger_account, is_incoming=False).state["movements"] == 1


def test_the_same_request_is_learned_from_once(cast: Cast) -> None:
    key = new_key()
    assert send(cast, key=key).entry_id == send(cast, key=key).entry_id
    assert AccountHabit.objects.get(account=cast.ama_savings.ledger_account).state["movements"] == 1


def test_cash_passes_the_gate_in_both_directions(cast: Cast) -> None:
    values: dict[str, Any] = {
        "account": cast.ama_savings,
        "cash": cast.drawer.ledger_account,
        "branch": cast.north,
        "by": cast.cashier,
        "at": NOW,
    }
    receive_cash(amount=ghs("80.00"), key=new_key(), **values)
    pay_cash(amount=ghs("10.00"), key=new_key(), **values)
    found = ScoredMovement.objects.filter(account=cast.ama_savings.ledger_account)
    assert sorted(found.values_list("kind", "is_incoming")) == [
        ("deposit:counter", True),
        ("withdrawal:counter", False),
    ]


def test_a_held_transfer_posts_nothing_and_sets_the_money_aside(cast: Cast) -> None:
    rule(Verdict.HOLD)
    entries, before = Entry.objects.count(), funds_of(cast.ama_savings)
    with pytest.raises(UnderReview):
        send(cast)
    after = funds_of(cast.ama_savings)
    assert Entry.objects.count() == entries
    assert (after.booked, after.available) == (before.booked, before.available - ghs("60.00"))
    held = HeldMovement.objects.get()
    assert (held.state, held.alert.case.customer, held.alert.level) == ("waiting", cast.ama, Level.HIGH)


def test_sent_again_a_held_transfer_waits_once(cast: Cast) -> None:
    rule(Verdict.HOLD)
    for _ in range(3):
        with pytest.raises(UnderReview):
            send(cast, key="the same")
    assert (HeldMovement.objects.count(), Alert.objects.count()) == (1, 1)


def test_released_it_posts_as_it_was_asked_for(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(UnderReview):
        send(cast, key="k", memo="Rent")
    holding.release(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    held = HeldMovement.objects.get()
    assert held.entry is not None
    assert (held.state, held.entry.memo, held.entry.actor) == ("used", "Rent", cast.ama_user)
    assert funds_of(cast.ama_savings).available == funds_of(cast.ama_savings).booked
    assert send(cast, key="k", memo="Rent").replayed


def test_returned_its_money_is_free_and_it_never_posts(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(UnderReview):
        send(cast, key="k")
    holding.give_back(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    assert funds_of(cast.ama_savings).available == ghs("1000.00")
    with pytest.raises(Refused, match="did not carry it out"):
        send(cast, key="k")


def test_what_is_decided_is_decided_once(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(UnderReview):
        send(cast)
    held = HeldMovement.objects.get()
    holding.give_back(held=held, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="decided already"):
        holding.release(held=held, by=cast.manager, at=NOW)
    assert funds_of(cast.ama_savings).booked == ghs("1000.00")


def test_nobody_decides_about_themselves(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(UnderReview):
        send(cast)
    cast.ama.email = cast.manager.email.upper()
    cast.ama.save()
    with pytest.raises(Refused, match="about you"):
        holding.release(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="about you"):
        cases.take(case=Case.objects.get(), by=cast.manager, at=NOW)


def test_more_than_the_account_holds_is_refused_not_held(cast: Cast) -> None:
    rule(Verdict.HOLD)
    with pytest.raises(Refused) as refusal:
        send(cast, "5000.00")
    assert refusal.value.code == "insufficient_funds"
    assert not HeldMovement.objects.exists()


def test_a_proof_is_asked_for_and_then_it_goes(cast: Cast) -> None:
    rule(Verdict.STEP_UP)
    with pytest.raises(ProofWanted):
        send(cast, is_proved=False)
    assert not HeldMovement.objects.exists()
    assert send(cast, is_proved=True)


def test_where_nobody_can_prove_anything_a_proof_becomes_a_review(cast: Cast) -> None:
    rule(Verdict.STEP_UP)
    with pytest.raises(UnderReview):
        send(cast, channel="standing", by=None)


def test_a_rejected_movement_leaves_an_alert(cast: Cast) -> None:
    rule(Verdict.REJECT)
    with pytest.raises(Rejected):
        send(cast)
    assert Alert.objects.get().verdict == Verdict.REJECT
    assert not HeldMovement.objects.exists()


def test_at_the_counter_a_rejection_says_who_knows_why(cast: Cast) -> None:
    rule(Verdict.REJECT)
    values: dict[str, Any] = {"account": cast.ama_savings, "amount": ghs("60.00"), "cash": cast.drawer.ledger_account}
    with pytest.raises(Rejected, match="Your manager finds why"):
        pay_cash(**values, branch=cast.north, key=new_key(), by=cast.cashier, at=NOW)
    with pytest.raises(Rejected, match="Ask at your branch"):
        send(cast)


def test_between_own_accounts_no_rule_stops_anything(cast: Cast) -> None:
    rule(Verdict.REJECT)
    posted = transfer(
        source=cast.ama_savings, target=cast.ama_current, amount=ghs("60.00"), key=new_key(), by=cast.ama_user, at=NOW
    )
    assert not posted.replayed


def test_a_release_at_the_counter_lets_the_same_cash_pass_once(cast: Cast) -> None:
    rule(Verdict.HOLD)
    values: dict[str, Any] = {
        "account": cast.ama_savings,
        "amount": ghs("60.00"),
        "cash": cast.drawer.ledger_account,
        "branch": cast.north,
        "by": cast.cashier,
    }
    receive_cash(**values | {"amount": ghs("500.00"), "account": cast.kofi_savings}, key=new_key(), at=NOW)
    with pytest.raises(UnderReview, match="second person"):
        pay_cash(key=new_key(), at=NOW, **values)
    holding.release(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    assert not pay_cash(key=new_key(), at=NOW, **values).replayed
    with pytest.raises(UnderReview):
        pay_cash(key=new_key(), at=NOW, **values)


def test_a_pass_at_the_counter_ends_after_a_day(cast: Cast) -> None:
    rule(Verdict.HOLD)
    values: dict[str, Any] = {
        "account": cast.ama_savings,
        "amount": ghs("60.00"),
        "cash": cast.drawer.ledger_account,
        "branch": cast.north,
        "by": cast.cashier,
    }
    with pytest.raises(UnderReview):
        pay_cash(key=new_key(), at=NOW, **values)
    holding.release(held=HeldMovement.objects.get(), by=cast.manager, at=NOW)
    with pytest.raises(UnderReview):
        pay_cash(key=new_key(), at=NOW + timedelta(hours=25), **values)


def test_a_rule_switched_off_says_nothing(cast: Cast) -> None:
    rule(Verdict.REJECT)
    rule(Verdict.REJECT, is_on=False)
    assert send(cast)


def test_a_rule_of_tomorrow_says_nothing_today(cast: Cast) -> None:
    values: dict[str, Any] = {"condition": "amount", "parameters": {"amount_minor": 1}, "weight": 1, "reason": "x"}
    set_rule(
        code="later",
        name="Later",
        verdict=Verdict.REJECT,
        effective_from=TODAY + timedelta(days=1),
        by=None,
        approved_by=None,
        at=NOW,
        **values,
    )
    assert send(cast)


@pytest.mark.parametrize(
    ("condition", "parameters"),
    [
        ("velocity", {"count": 3}),
        ("spend", {"amount_minor": 15_000}),
        ("new_beneficiary", {"amount_minor": 1}),
        ("unusual_hour", {"from_hour": 9, "to_hour": 11, "amount_minor": 1}),
        ("emptied", {"percent": 10, "amount_minor": 1}),
    ],
)
def test_each_condition_speaks(cast: Cast, condition: str, parameters: dict[str, int]) -> None:
    for _ in range(2):
        transfer(
            source=cast.ama_savings,
            target=cast.outsider_savings,
            amount=ghs("60.00"),
            key=new_key(),
            by=cast.ama_user,
            at=NOW,
        )
    rule(Verdict.REJECT, condition=condition, parameters=parameters)
    with pytest.raises(Rejected):
        send(cast, "200.00")


def test_an_alert_is_never_without_a_reason(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    assert Alert.objects.get().reasons[0]["words"] == "A test"


def test_the_database_keeps_no_alert_without_a_reason(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    alert = Alert.objects.get()
    alert.pk, alert.entry, alert.reasons = None, None, []
    alert._state.adding = True
    with pytest.raises(IntegrityError, match="fraud_alert_has_reasons"), transaction.atomic():
        alert.save()


def test_alerts_of_one_customer_are_one_case(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    send(cast)
    assert (Case.objects.count(), Alert.objects.count()) == (1, 2)


def test_a_case_is_decided_with_a_reason_that_fits(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    case = Case.objects.get()
    with pytest.raises(Refused, match="fits the verdict"):
        cases.decide(case=case, outcome="fraud", reason="customer", note="x", by=cast.manager, at=NOW)
    cases.decide(case=case, outcome="fraud", reason="takeover", note="Called her", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="decided by"):
        cases.decide(case=case, outcome="cleared", reason="customer", note="", by=cast.manager, at=NOW)


def test_a_case_that_changed_meanwhile_is_not_decided_blindly(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    case = Case.objects.get()
    cases.take(case=case, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="changed meanwhile"):
        cases.decide(
            case=case, outcome="cleared", reason="customer", note="", version=case.version, by=cast.manager, at=NOW
        )


def test_a_case_freezes_the_account_it_is_about(cast: Cast) -> None:
    rule(Verdict.ALLOW, weight=60)
    send(cast)
    cases.freeze_account(case=Case.objects.get(), alert=Alert.objects.get(), why="Stolen", by=cast.manager, at=NOW)
    cast.ama_savings.refresh_from_db()
    assert cast.ama_savings.state == "frozen"


def test_a_broken_model_stops_nobody(cast: Cast, break_model: Callable[[], None]) -> None:
    break_model()
    rule(Verdict.REJECT, least="500.00")
    assert send(cast)
    assert ScoredMovement.objects.get().score_millionths is None
    with pytest.raises(Rejected):
        send(cast, "500.00")


def test_wrong_pins_count_although_the_right_one_came_behind_them(cast: Cast) -> None:
    rule(Verdict.REJECT, condition="failed_pins", parameters={"count": 2})
    assert not send(cast).replayed
    for _ in range(2):
        note_failure(user=cast.ama_user, outcome=SignInAttempt.Outcome.PIN, by=cast.ama_user, at=NOW)
    with pytest.raises(Rejected):
        send(cast)


def test_a_device_just_met_counts_beside_one_that_is_known(cast: Cast) -> None:
    rule(Verdict.REJECT, condition="new_device", parameters={"hours": 48, "amount_minor": 1})
    values: dict[str, Any] = {"user": cast.ama_user, "words": "Firefox"}
    old = NOW - timedelta(days=90)
    Device.objects.create(browser=new_key(), first_seen=old, last_seen=old, **values)
    assert not send(cast).replayed
    Device.objects.create(browser=new_key(), first_seen=NOW, last_seen=NOW, **values)
    with pytest.raises(Rejected):
        send(cast)
