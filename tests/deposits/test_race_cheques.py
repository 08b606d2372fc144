"""Cheques by many hands at once: presented once, decided once, and an entry for each credit."""

from __future__ import annotations

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import Cheque, ChequeStep
from portal.ledger.models import Entry, EntryKind, Hold
from portal.ledger.proof import prove
from tests.cast import NOW, assemble, ghs
from tests.deposits.cheques import line
from tests.deposits.test_services_at_once import all_at_once
from tests.deposits.test_services_cheques import clearing_balance, due, funds, take

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_cheque_at_sixteen_counters_is_taken_once() -> None:
    cast = assemble()
    answers = all_at_once(lambda number: take(cast, key=new_key()), 16)
    assert sum(isinstance(answer, Cheque) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refused)} == {"seen_before"}
    assert Entry.objects.filter(kind=EntryKind.CHEQUE).count() == Hold.objects.count() == 1


def test_one_form_sixteen_times_is_one_cheque() -> None:
    cast, key = assemble(), new_key()
    answers = all_at_once(lambda number: take(cast, key=key), 16)
    assert Cheque.objects.count() == Entry.objects.filter(kind=EntryKind.CHEQUE).count() == 1
    assert all(isinstance(answer, Cheque) for answer in answers)


def test_cleared_and_returned_at_once_is_one_of_them() -> None:
    cast = assemble()
    cheque = due(cast, take(cast))

    def decide(number: int) -> Cheque:
        if number % 2:
            return services.clear_cheque(cheque=cheque, by=cast.manager, at=NOW)
        return services.return_cheque(cheque=cheque, reason="No", by=cast.operations_manager, at=NOW)

    answers = all_at_once(decide, 16)
    cleared = Cheque.objects.get().state == Cheque.State.AVAILABLE
    decided = [answer for answer in answers if isinstance(answer, Cheque)]
    assert len(decided) in ({1, 2} if cleared else {1})
    assert ChequeStep.objects.filter(state="available").count() <= 1
    assert ChequeStep.objects.filter(state="returned").count() <= 1
    assert clearing_balance(cast.north) == 0
    assert funds(cast)[0] == (ghs("1400.00") if cleared else ghs("1000.00"))
    assert all(proof.holds for proof in prove())


def test_cheques_and_transfers_at_once_leave_the_books_whole() -> None:
    cast = assemble()

    def work(number: int) -> object:
        if number % 2:
            return take(cast, "10.00", read=line(number=f"{number:06d}"))
        return services.transfer(
            source=cast.ama_savings,
            target=cast.kofi_savings,
            amount=ghs("5.00"),
            key=new_key(),
            by=cast.ama_user,
            at=NOW,
        )

    answers = all_at_once(work, 40)
    assert not any(isinstance(answer, Refused) for answer in answers)
    assert funds(cast) == (ghs("1100.00"), ghs("200.00"), ghs("900.00"))
    assert all(proof.holds for proof in prove())
