"""Cheques: taken, read, cleared, returned, taken back; what must not happen with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import cheques, queries, services
from portal.deposits.cheques import BACK, FRONT, Read, rules_on, working_days_after
from portal.deposits.models import Cheque, ChequeReading, ChequeRules, ServiceCharge, TakenCharge
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Entry, FloorChange, Posting, Side
from portal.ledger.proof import prove
from portal.outbox.models import Job
from tests.cast import CURRENCY, NOW, TODAY, Cast, ghs, make_account
from tests.deposits.cheques import line, photographed, picture

State = Cheque.State


def rules(**changes: Any) -> ChequeRules:
    """Rules that hold today."""
    return ChequeRules.objects.create(
        currency=CURRENCY, effective_from=TODAY - timedelta(days=30), reason="Test", made_at=NOW, **changes
    )


def take(cast: Cast, amount: str = "400.00", **changes: Any) -> Cheque:
    """A cheque over North's counter into Ama's savings."""
    given: dict[str, Any] = {"branch": cast.north, "account": cast.ama_savings, "amount": ghs(amount), "read": line()}
    given |= {"pictures": {}, "key": new_key(), "by": cast.cashier, "at": NOW}
    return services.take_cheque(**(given | changes))


def on_day(branch: Branch, day: date) -> None:
    """Let a branch have another day open."""
    from portal.ledger.services import open_day

    open_day(branch=branch, day=day, by=None, at=NOW)


def due(cast: Cast, cheque: Cheque) -> Cheque:
    """The same on the day it clears."""
    assert cheque.due_on is not None
    on_day(cast.north, cheque.due_on)
    return Cheque.objects.get(pk=cheque.pk)


def funds(cast: Cast) -> tuple[Money, Money, Money]:
    found = queries.funds_of(cast.ama_savings)
    return found.booked, found.held, found.available


def clearing_balance(branch: Branch) -> int:
    account = chart.branch_account(branch.pk, chart.CHEQUES_CLEARING)
    lines = Posting.objects.filter(account=account).values_list("side", "amount_minor")
    return sum(amount if side == Side.DEBIT else -amount for side, amount in lines)


def state_of(cheque: Cheque) -> str:
    return Cheque.objects.get(pk=cheque.pk).state


def refusal(code: str) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code)


def return_fee(amount: str) -> None:
    ServiceCharge.objects.create(
        kind="cheque", currency=CURRENCY, effective_from=TODAY, amount_minor=ghs(amount).minor, reason="x", made_at=NOW
    )


def test_a_cheque_is_credited_and_held_until_its_day(cast: Cast) -> None:
    cheque = take(cast)
    assert (cheque.state, cheque.due_on) == (State.CLEARING, date(2026, 11, 25))  # a Saturday and three working days
    assert funds(cast) == (ghs("1400.00"), ghs("400.00"), ghs("1000.00"))
    assert clearing_balance(cast.north) == ghs("400.00").minor
    assert [step.state for step in cheque.steps.all()] == ["received", "checked", "clearing"]


def test_what_is_held_cannot_be_paid_out(cast: Cast) -> None:
    take(cast)
    with refusal("insufficient_funds"):
        services.transfer(
            source=cast.ama_savings,
            target=cast.kofi_savings,
            amount=ghs("1000.01"),
            key=new_key(),
            by=cast.ama_user,
            at=NOW,
        )


def test_cleared_it_is_available_and_the_bank_has_paid(cast: Cast) -> None:
    cheque = due(cast, take(cast))
    services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)
    assert state_of(cheque) == State.AVAILABLE
    assert funds(cast) == (ghs("1400.00"), ghs("0.00"), ghs("1400.00"))
    assert clearing_balance(cast.north) == 0
    assert all(proof.holds for proof in prove())


def test_not_before_its_day_and_not_by_whoever_took_it(cast: Cast) -> None:
    cheque = take(cast)
    with refusal("not_due"):
        services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)
    cheque = due(cast, cheque)
    with refusal("same_person"):
        services.clear_cheque(cheque=cheque, by=cast.cashier, at=NOW)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Cheque.objects.filter(pk=cheque.pk).update(decided_by=cast.cashier)


def test_returned_takes_amount_and_fee_once(cast: Cast) -> None:
    return_fee("15.00")
    cheque = due(cast, take(cast))
    services.return_cheque(cheque=cheque, reason="Refer to drawer", by=cast.manager, at=NOW)
    assert funds(cast) == (ghs("985.00"), ghs("0.00"), ghs("985.00"))
    assert (state_of(cheque), clearing_balance(cast.north)) == (State.RETURNED, 0)
    assert TakenCharge.objects.get().state == "taken"
    with refusal("state"):
        services.return_cheque(cheque=cheque, reason="Again", by=cast.manager, at=NOW)
    with refusal("state"):
        services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)


def test_a_fee_that_the_account_does_not_cover_stays_due(cast: Cast) -> None:
    return_fee("15.00")
    empty = make_account(cast.ama, cast.savings)
    cheque = due(cast, take(cast, account=empty))
    services.return_cheque(cheque=cheque, reason="Refer to drawer", by=cast.manager, at=NOW)
    assert (queries.funds_of(empty).booked, TakenCharge.objects.get().state) == (ghs("0.00"), "due")
    assert services.collect_charges(at=NOW) == 0


def test_returned_after_the_money_was_spent_the_account_is_overdrawn_and_gives_nothing(cast: Cast) -> None:
    empty = make_account(cast.ama, cast.savings)
    cheque = due(cast, take(cast, account=empty))
    services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)
    give: dict[str, Any] = {"source": empty, "target": cast.kofi_savings, "by": cast.ama_user, "at": NOW}
    services.transfer(amount=ghs("300.00"), key=new_key(), **give)
    services.return_cheque(cheque=Cheque.objects.get(), reason="Forged", by=cast.operations_manager, at=NOW)
    assert queries.funds_of(empty).booked.minor == -30_000
    assert [change.after_minor for change in FloorChange.objects.order_by("id")] == [0, -30_000, 0]
    with refusal("insufficient_funds"):
        services.transfer(amount=ghs("0.01"), key=new_key(), **give)
    services.transfer(
        source=cast.kofi_savings, target=empty, amount=ghs("350.00"), key=new_key(), by=cast.kofi_user, at=NOW
    )
    services.transfer(amount=ghs("50.00"), key=new_key(), **give)
    with refusal("insufficient_funds"):
        services.transfer(amount=ghs("0.01"), key=new_key(), **give)
    assert all(proof.holds for proof in prove())


@pytest.mark.parametrize(
    ("read", "code"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, "postdated"),
        ({"issued_on": date(2026, 5, 20)}, "stale"),
        ({"number": "12x"}, "micr"),
        ({"number": ""}, "micr"),
        ({"sort_code": "12345"}, "micr"),
        ({"sort_code": "１２３４５６"}, "micr"),
        ({"drawn_account": "1" * 21}, "micr"),
        ({"drawer_name": "  "}, "drawer"),
    ],
)
def test_what_is_not_taken(cast: Cast, read: dict[str, Any], code: str) -> None:
    with refusal(code):
        take(cast, read=line(**read))
    assert not Cheque.objects.exists()
    assert not Entry.objects.filter(kind="cheque").exists()


def test_exactly_six_months_old_is_taken(cast: Cast) -> None:
    assert take(cast, read=line(issued_on=date(2026, 5, 21))).state == State.CLEARING


def test_the_same_cheque_is_taken_once_but_again_after_it_came_back(cast: Cast) -> None:
    first = take(cast)
    with refusal("seen_before"):
        take(cast, account=cast.kofi_savings, amount="12.00")
    with refusal("seen_before"):
        take(cast, read=line(number="000-123"))
    services.return_cheque(cheque=first, reason="Signature differs", by=cast.manager, at=NOW)
    assert take(cast).state == State.CLEARING


def test_the_database_too_knows_a_cheque_once(cast: Cast) -> None:
    first = take(cast)
    second = take(cast, read=line(number="000124"))
    with pytest.raises(IntegrityError, match="micr_once"), transaction.atomic():
        Cheque.objects.filter(pk=second.pk).update(number=first.number)


def test_the_same_form_twice_is_one_cheque(cast: Cast) -> None:
    key = new_key()
    assert take(cast, key=key) == take(cast, key=key)
    assert Entry.objects.filter(kind="cheque").count() == 1
    with refusal("key_reused"):
        take(cast, "1.00", key=key)


def test_a_cheque_on_us_is_paid_at_once(cast: Cast) -> None:
    rules(own_prefix="99")
    own = line(sort_code="990001", drawn_account=make_account(cast.kofi, cast.current, balance=ghs("600.00")).number)
    with refusal("signature"):
        take(cast, read=own)
    cheque = take(cast, read=line(**{**_fields(own), "signature_seen": True}))
    assert (cheque.state, cheque.hold) == (State.AVAILABLE, None)
    assert funds(cast) == (ghs("1400.00"), ghs("0.00"), ghs("1400.00"))
    assert cheque.drawn_on is not None
    assert queries.funds_of(cheque.drawn_on).booked == ghs("200.00")
    with refusal("on_us"):
        services.return_cheque(cheque=cheque, reason="No", by=cast.manager, at=NOW)


def _fields(read: Read) -> dict[str, Any]:
    return {name: getattr(read, name) for name in Read.__dataclass_fields__}


@pytest.mark.parametrize("state", ["blocked", "dormant", "frozen", "closed"])
def test_a_cheque_on_an_account_that_gives_nothing_is_not_taken(cast: Cast, state: str) -> None:
    rules(own_prefix="99")
    drawn = make_account(cast.kofi, cast.current, balance=ghs("600.00"))
    type(drawn).objects.filter(pk=drawn.pk).update(state=state)
    with refusal("not_moving"):
        take(cast, read=line(sort_code="990001", drawn_account=drawn.number, signature_seen=True))


def test_a_cheque_on_us_needs_cover_and_a_current_account(cast: Cast) -> None:
    rules(own_prefix="99")
    own: dict[str, Any] = {"sort_code": "990001", "signature_seen": True}
    poor = make_account(cast.kofi, cast.current, balance=ghs("399.99"))
    with refusal("insufficient_funds"):
        take(cast, read=line(**own, drawn_account=poor.number))
    with refusal("no_cheques"):
        take(cast, read=line(**own, drawn_account=cast.kofi_savings.number))
    with refusal("drawn_account"):
        take(cast, read=line(**own, drawn_account="9999999999"))
    assert not Cheque.objects.exists()


def test_above_the_counters_limit_somebody_else_reads_it_first(cast: Cast) -> None:
    rules(counter_limit_minor=ghs("100.00").minor)
    cheque = take(cast)
    assert (cheque.state, cheque.entry_id) == (State.RECEIVED, None)
    given: dict[str, Any] = {"cheque": cheque, "read": line(), "at": NOW}
    with refusal("same_person"):
        services.read_cheque(amount=ghs("400.00"), by=cast.cashier, **given)
    assert services.read_cheque(amount=ghs("40.00"), by=cast.manager, **given) is False
    assert state_of(cheque) == State.RECEIVED
    assert services.read_cheque(amount=ghs("400.00"), by=cast.manager, **given) is True
    assert state_of(cheque) == State.CLEARING
    assert [reading.agrees for reading in ChequeReading.objects.all()] == [False, True]


def test_a_photographed_cheque_moves_nothing_until_somebody_read_it(cast: Cast) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    assert funds(cast) == (ghs("1000.00"), ghs("0.00"), ghs("1000.00"))
    assert set(cheques.pictures_of(cheque)) == {FRONT, BACK}
    assert services.read_cheque(cheque=cheque, amount=ghs("400.00"), read=line(), by=cast.cashier, at=NOW)
    assert funds(cast) == (ghs("1400.00"), ghs("400.00"), ghs("1000.00"))


def test_photographs_of_both_sides_and_within_the_limit(cast: Cast) -> None:
    with refusal("pictures"):
        photographed(cast.ama_savings, cast.ama_user, pictures={FRONT: picture()})
    rules(phone_limit_minor=ghs("399.99").minor)
    with refusal("phone_limit"):
        photographed(cast.ama_savings, cast.ama_user)
    assert photographed(cast.ama_savings, cast.ama_user, "399.99").state == State.RECEIVED


def test_a_cheque_that_is_not_taken_says_why_and_cannot_be_read_afterwards(cast: Cast) -> None:
    type(cast.ama).objects.filter(pk=cast.ama.pk).update(email="ama@example.org")
    cheque = photographed(cast.ama_savings, cast.ama_user)
    with refusal("reason"):
        services.refuse_cheque(cheque=cheque, reason=" ", by=cast.cashier, at=NOW)
    services.refuse_cheque(cheque=cheque, reason="The back is not signed.", by=cast.cashier, at=NOW)
    with refusal("state"):
        services.read_cheque(cheque=cheque, amount=ghs("400.00"), read=line(), by=cast.cashier, at=NOW)
    assert "The back is not signed." in Job.objects.get(kind="mail.send").payload["text"]


def test_taken_back_on_its_day_by_somebody_else(cast: Cast) -> None:
    cheque = take(cast)
    with refusal("same_person"):
        services.take_back_cheque(cheque=cheque, reason="Wrong account", by=cast.cashier, at=NOW)
    services.take_back_cheque(cheque=cheque, reason="Wrong account", by=cast.manager, at=NOW)
    assert (state_of(cheque), funds(cast)[0], clearing_balance(cast.north)) == (State.CANCELLED, ghs("1000.00"), 0)
    later = due(cast, take(cast))
    with refusal("another_day"):
        services.take_back_cheque(cheque=later, reason="Wrong account", by=cast.manager, at=NOW)


def test_no_reversal_of_a_cheque_on_us_without_cover(cast: Cast) -> None:
    rules(own_prefix="99")
    drawn = make_account(cast.kofi, cast.current, balance=ghs("600.00"))
    cheque = take(cast, read=line(sort_code="990001", drawn_account=drawn.number, signature_seen=True))
    services.transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("1300.00"),
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    with refusal("insufficient_funds"):
        services.take_back_cheque(cheque=cheque, reason="Wrong", by=cast.manager, at=NOW)
    assert state_of(cheque) == State.AVAILABLE


def test_nobody_handles_cheques_of_their_own(cast: Cast) -> None:
    type(cast.ama).objects.filter(pk=cast.ama.pk).update(email=cast.cashier.email.upper())
    account = type(cast.ama_savings).objects.select_related("customer", "product").get(pk=cast.ama_savings.pk)
    with refusal("own_account"):
        take(cast, account=account)


def test_what_became_of_a_cheque_is_only_added_to(cast: Cast) -> None:
    step = take(cast).steps.first()
    assert step is not None
    with pytest.raises(ProgrammingError, match=r"denied|append-only"), transaction.atomic():
        type(step).objects.filter(pk=step.pk).update(reason="x")


def test_a_day_with_due_cheques_does_not_end(cast: Cast) -> None:
    cheque = due(cast, take(cast))
    assert cheques.blocks_day_end(cast.north) == 1
    services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)
    assert cheques.blocks_day_end(cast.north) == 0


def test_the_rules_may_let_the_day_end(cast: Cast) -> None:
    rules(blocks_day_end=False)
    due(cast, take(cast))
    assert cheques.blocks_day_end(cast.north) == 0


def test_working_days_leave_out_weekends_and_holidays() -> None:
    friday = date(2026, 12, 24)
    closed = {date(2026, 12, 25), date(2026, 12, 28)}
    assert working_days_after(friday, 2, working="12345", closed=closed) == date(2026, 12, 30)
    assert working_days_after(date(2026, 11, 21), 0, working="12345", closed=()) == date(2026, 11, 23)


def test_the_newest_rules_that_have_begun_hold(cast: Cast) -> None:
    rules(hold_days=5)
    ChequeRules.objects.create(
        currency=CURRENCY, effective_from=TODAY + timedelta(days=1), hold_days=9, reason="x", made_at=NOW
    )
    assert rules_on(CURRENCY, TODAY).hold_days == 5
    assert rules_on("XXX", TODAY).hold_days == 3


def test_several_clear_together_or_none(cast: Cast) -> None:
    pair = [take(cast), take(cast, read=line(number="000124"))]
    pair = [due(cast, cheque) for cheque in pair[:1]] + [Cheque.objects.get(pk=pair[1].pk)]
    services.return_cheque(cheque=pair[1], reason="No", by=cast.manager, at=NOW)
    with refusal("state"), transaction.atomic():
        services.clear_cheques(cheques=pair, by=cast.manager, at=NOW)
    assert state_of(pair[0]) == State.CLEARING
