"""The next business day: opened once nobody has cash in hand, by the institution's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.base.keys import new_key
from portal.dayend.services import ChequesUndecided, DrawersOpen, open_days_that_are_due, open_next_day
from portal.deposits.models import Cheque
from portal.deposits.services import clear_cheque, read_cheque, transfer
from portal.deposits.services.cheque_days import JOB, ask_to_tell, tell_of_due
from portal.ledger.errors import DayClosed
from portal.ledger.models import Entry, Snapshot
from portal.outbox.models import Job
from tests.cast import NOW, TODAY, Cast, ghs, open_drawer
from tests.database import as_owner
from tests.deposits.cheques import line, photographed

TOMORROW = TODAY + timedelta(days=1)
NEXT_MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def day_of(cast: Cast) -> object:
    cast.north.refresh_from_db()
    return cast.north.business_date


def test_entries_carry_the_new_day_and_the_old_one_is_kept(cast: Cast) -> None:
    open_next_day(branch=cast.north, day=TOMORROW, by=None, at=NOW)
    posted = transfer(
        source=cast.ama_savings, target=cast.kofi_savings, amount=ghs("1"), key=new_key(), by=cast.ama_user, at=NOW
    )
    assert Entry.objects.get(pk=posted.entry_id).business_date == TOMORROW
    assert Snapshot.objects.filter(account=cast.ama_savings.ledger_account, business_date=TODAY).exists()


def test_not_while_a_drawer_is_open(cast: Cast) -> None:
    open_drawer(cast.drawer, cast.cashier)
    with pytest.raises(DrawersOpen, match=cast.drawer.name):
        open_next_day(branch=cast.north, day=TOMORROW, by=None, at=NOW)
    assert day_of(cast) == TODAY


def test_never_back(cast: Cast) -> None:
    with pytest.raises(DayClosed):
        open_next_day(branch=cast.north, day=TODAY, by=None, at=NOW)


def test_the_worker_opens_the_day_each_branch_is_due(cast: Cast) -> None:
    open_drawer(cast.rival_drawer, cast.rival_cashier)
    open_days_that_are_due(at=NEXT_MORNING)
    cast.south.refresh_from_db()
    assert (day_of(cast), cast.south.business_date) == (TOMORROW, TODAY)


def test_twice_changes_nothing_more(cast: Cast) -> None:
    open_days_that_are_due(at=NEXT_MORNING)
    before = Snapshot.objects.count()
    open_days_that_are_due(at=NEXT_MORNING)
    assert Snapshot.objects.count() == before


def test_the_day_is_the_institutions_not_the_servers(cast: Cast) -> None:
    cast.institution.time_zone = "Pacific/Auckland"
    cast.institution.save()
    open_days_that_are_due(at=NOW.replace(hour=12))
    assert day_of(cast) == TOMORROW


def test_history_keeps_the_day_where_it_is(cast: Cast) -> None:
    cast.north.history_from = TODAY - timedelta(days=3)
    with as_owner():
        cast.north.save()
    open_days_that_are_due(at=NEXT_MORNING)
    assert day_of(cast) == TODAY


def test_not_while_a_cheque_is_due_and_undecided(cast: Cast) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    read_cheque(cheque=cheque, amount=ghs("400.00"), read=line(), by=cast.cashier, at=NOW)
    Cheque.objects.filter(pk=cheque.pk).update(due_on=TODAY)
    with pytest.raises(ChequesUndecided, match="1 cheque is due"):
        open_next_day(branch=cast.north, day=TOMORROW, by=None, at=NOW)
    assert day_of(cast) == TODAY
    clear_cheque(cheque=Cheque.objects.get(), by=cast.manager, at=NOW)
    open_next_day(branch=cast.north, day=TOMORROW, by=None, at=NOW)
    assert day_of(cast) == TOMORROW


def test_those_who_decide_are_told_of_due_cheques_once_a_day(cast: Cast) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    read_cheque(cheque=cheque, amount=ghs("400.00"), read=line(), by=cast.cashier, at=NOW)
    ask_to_tell(at=NOW)
    assert not Job.objects.filter(kind=JOB).exists()
    Cheque.objects.filter(pk=cheque.pk).update(due_on=TODAY)
    for _ in range(2):
        ask_to_tell(at=NOW)
        assert tell_of_due(branch=cast.north, at=NOW) == 1
    assert Job.objects.filter(kind=JOB).count() == 1
    assert Job.objects.get(kind="mail.send").payload["to"] == cast.manager.email
