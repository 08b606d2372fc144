"""The blind count: what it tells, what it books, how it closes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.drawers import services
from portal.drawers.models import DrawerCount, DrawerSession, Variance, VaultTransfer
from portal.drawers.queries import report
from portal.ledger.models import Entry, EntryKind
from tests.cast import NOW, Cast
from tests.drawers.working import THOUSAND, balance, cash, counted, lines, opened, taken_back, vault_of

pytestmark = pytest.mark.django_db

TWENTY_THOUSAND = {20000: 100}
State = DrawerSession.State


@pytest.fixture
def tolerant(cast: Cast) -> None:
    """A drawer that may be out by 1,000.00 without anybody's decision."""
    cast.drawer.tolerance_minor = 100_000
    cast.drawer.save()


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier, TWENTY_THOUSAND)


def test_a_count_that_agrees_closes_without_an_adjusting_entry(session: DrawerSession) -> None:
    """TEL-02."""
    closed = counted(services.pause_session(session=session, by=session.cashier, at=NOW), TWENTY_THOUSAND)
    assert (closed.state, closed.z_number, closed.closed_at) == (State.CLOSED, 1, NOW + timedelta(hours=8))
    assert not Entry.objects.filter(kind=EntryKind.VARIANCE).exists()


def test_all_cash_goes_back_once_the_vault_has_taken_it(cast: Cast, session: DrawerSession) -> None:
    counted(session, TWENTY_THOUSAND)
    assert balance(cast.drawer.ledger_account) == 2_000_000
    taken_back(session)
    assert lines(EntryKind.VAULT) == [("Debit", "Vault", 2_000_000), ("Credit", "Drawer 1", 2_000_000)]
    assert balance(cast.drawer.ledger_account) == 0
    assert balance(vault_of(cast.drawer)) == 10_000_000


def test_the_first_count_that_differs_only_asks_for_a_recount(session: DrawerSession) -> None:
    again = counted(session, {20000: 105})
    assert (again.state, again.z_number) == (State.COUNTED, None)
    assert not Variance.objects.exists()
    assert not Entry.objects.filter(kind=EntryKind.VARIANCE).exists()


def test_cash_over_is_debited_to_the_drawer(tolerant: None, session: DrawerSession) -> None:
    """TEL-03."""
    counted(session, {20000: 105})
    closed = counted(session, {20000: 105}, note="A customer left change")
    assert lines(EntryKind.VARIANCE) == [("Debit", "Drawer 1", 100_000), ("Credit", "Cash over and short", 100_000)]
    variance = closed.variance
    assert (variance.expected_minor, variance.counted_minor, variance.difference_minor) == (
        2_000_000,
        2_100_000,
        100_000,
    )


def test_cash_short_is_debited_to_cash_over_and_short(tolerant: None, cast: Cast, session: DrawerSession) -> None:
    """TEL-04."""
    counted(session, {20000: 95})
    closed = counted(session, {20000: 95}, note="Not known")
    assert lines(EntryKind.VARIANCE) == [("Debit", "Cash over and short", 100_000), ("Credit", "Drawer 1", 100_000)]
    assert (closed.state, closed.variance.note) == (State.CLOSED, "Not known")
    taken_back(session)
    assert balance(vault_of(cast.drawer)) == 10_000_000 - 100_000


def test_a_recount_that_agrees_closes_without_a_difference(session: DrawerSession) -> None:
    counted(session, {20000: 95})
    assert counted(session, TWENTY_THOUSAND, note="A bundle lay below").state == State.CLOSED
    assert not Variance.objects.exists()
    assert list(session.counts.order_by("id").values_list("kind", flat=True)) == ["opening", "closing", "recount"]


def test_a_recount_needs_a_note_before_anything_is_compared(session: DrawerSession) -> None:
    counted(session, {20000: 95})
    with pytest.raises(Refused) as refused:
        counted(session, TWENTY_THOUSAND, note="  ")
    assert refused.value.field == "note"


def test_the_first_count_sent_twice_is_not_the_recount(session: DrawerSession) -> None:
    key = new_key()
    counted(session, {20000: 95}, key=key)
    assert counted(session, {20000: 95}, key=key).state == State.COUNTED
    assert session.counts.filter(kind=DrawerCount.Kind.RECOUNT).count() == 0


def test_the_closing_count_sent_twice_closes_once(session: DrawerSession) -> None:
    key = new_key()
    first, second = counted(session, TWENTY_THOUSAND, key=key), counted(session, TWENTY_THOUSAND, key=key)
    assert (first.z_number, second.z_number) == (1, 1)
    assert session.vault_transfers.filter(way=VaultTransfer.Way.TO_VAULT).count() == 1


def test_a_key_with_other_notes_is_refused(session: DrawerSession) -> None:
    key = new_key()
    counted(session, {20000: 95}, key=key)
    with pytest.raises(Refused) as refused:
        counted(session, TWENTY_THOUSAND, key=key)
    assert refused.value.code == "key_reused"


def test_a_closed_drawer_is_not_counted_again(session: DrawerSession) -> None:
    counted(session, TWENTY_THOUSAND)
    with pytest.raises(Refused) as refused:
        counted(session, TWENTY_THOUSAND)
    assert refused.value.code == "closed"


def test_z_numbers_are_gapless_for_each_drawer(cast: Cast) -> None:
    numbers = []
    for _ in range(3):
        session = counted(opened(cast.drawer, cast.cashier), THOUSAND)
        taken_back(session)
        numbers.append(session.z_number)
    assert numbers == [1, 2, 3]
    assert counted(opened(cast.spare_drawer, cast.cashier), THOUSAND).z_number == 1


def test_the_report_adds_up(cast: Cast) -> None:
    """TEL-01 and TEL-08: on hand = opening + received - paid."""
    session = opened(cast.drawer, cast.cashier)
    for minor in (20_000, 15_000, -5_000, -10_000, 25_400):
        cash(session, minor)
    found = report(session)
    assert (found.received.minor, found.paid.minor) == (60_400, 15_000)
    assert found.expected.minor == 100_000 + 45_400 == balance(cast.drawer.ledger_account)


def test_only_the_cashier_counts(cast: Cast, session: DrawerSession) -> None:
    with pytest.raises(Refused) as refused:
        services.count_session(
            session=session, counts=TWENTY_THOUSAND, note="", key=new_key(), by=cast.rival_cashier, at=NOW
        )
    assert refused.value.code == "not_yours"


class TestAboveTheTolerance:
    """Somebody else decides, and neither the books nor the session move until then."""

    @pytest.fixture
    def waiting(self, session: DrawerSession) -> Request:
        counted(session, {20000: 95})
        after = counted(session, {20000: 95}, note="Not known")
        assert (after.state, after.z_number) == (State.COUNTED, None)
        assert not Variance.objects.exists()
        return Request.objects.get()

    def test_the_managers_yes_books_it_and_closes(self, cast: Cast, session: DrawerSession, waiting: Request) -> None:
        decide(request=waiting, approve=True, by=cast.manager, at=NOW)
        session.refresh_from_db()
        assert (session.state, session.z_number) == (State.CLOSED, 1)
        assert session.variance.difference_minor == -100_000
        assert lines(EntryKind.VARIANCE) == [("Debit", "Cash over and short", 100_000), ("Credit", "Drawer 1", 100_000)]

    def test_the_cashier_does_not_decide(self, cast: Cast, waiting: Request) -> None:
        for nobody in (cast.cashier, cast.rival_manager, cast.auditor):
            with pytest.raises(Refused):
                decide(request=waiting, approve=True, by=nobody, at=NOW)
        assert not Variance.objects.exists()

    def test_nothing_is_counted_while_it_waits(self, session: DrawerSession, waiting: Request) -> None:
        with pytest.raises(Refused) as refused:
            counted(session, TWENTY_THOUSAND, note="Found it")
        assert refused.value.code == "waits_for_decision"

    def test_a_no_leads_to_another_count(self, cast: Cast, session: DrawerSession, waiting: Request) -> None:
        decide(request=waiting, approve=False, comment="Look below the tray", by=cast.manager, at=NOW)
        assert counted(session, TWENTY_THOUSAND, note="It lay below the tray").state == State.CLOSED
        assert not Variance.objects.exists()
        kinds = list(session.counts.order_by("id").values_list("kind", flat=True))
        assert kinds == ["opening", "closing", "recount", "recount"]

    def test_cash_that_moved_since_stops_the_decision(
        self, cast: Cast, session: DrawerSession, waiting: Request
    ) -> None:
        cash(session, 500)
        with pytest.raises(Refused) as refused:
            decide(request=waiting, approve=True, by=cast.manager, at=NOW)
        assert refused.value.code == "changed"
