"""Cash between vault and drawer: both sides, once, and only what is there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.errors import Refused, Stale
from portal.base.keys import new_key
from portal.drawers import services
from portal.drawers.models import DrawerSession, VaultCount, VaultTransfer
from portal.drawers.queries import report
from portal.drawers.vaults import vault_of as vault_page
from portal.ledger.models import Entry, EntryKind
from tests.cast import NOW, Cast, make_user
from tests.drawers.working import balance, counted, handed, opened, vault_of

pytestmark = pytest.mark.django_db

Way, State = VaultTransfer.Way, VaultTransfer.State
HUNDRED = {10000: 1}


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    return opened(cast.drawer, cast.cashier)


def asked(session: DrawerSession, way: VaultTransfer.Way, key: str = "") -> VaultTransfer:
    """What the drawer's own cashier asks or offers."""
    drawer, key = session.drawer, key or new_key()
    return services.ask_for_transfer(drawer=drawer, way=way, counts=HUNDRED, key=key, by=session.cashier, at=NOW)


def code(call: object, **arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments, at=NOW)  # type: ignore[operator]
    return refused.value.code


class TestBothSides:
    def test_cash_for_a_drawer_moves_when_the_vault_confirms(self, cast: Cast, session: DrawerSession) -> None:
        transfer = asked(session, Way.TO_DRAWER)
        assert balance(cast.drawer.ledger_account) == 100_000
        services.confirm_transfer(transfer=transfer, by=cast.manager, at=NOW)
        assert balance(cast.drawer.ledger_account) == 110_000

    def test_cash_for_the_vault_moves_when_it_has_counted_it(self, cast: Cast, session: DrawerSession) -> None:
        before = balance(vault_of(cast.drawer))
        services.confirm_transfer(transfer=asked(session, Way.TO_VAULT), by=cast.manager, at=NOW)
        assert balance(vault_of(cast.drawer)) == before + 10_000

    def test_the_z_report_tells_what_the_vault_gave_and_took(self, cast: Cast, session: DrawerSession) -> None:
        for way, notes in ((Way.TO_DRAWER, {10000: 3}), (Way.TO_VAULT, HUNDRED)):
            transfer = services.ask_for_transfer(
                drawer=cast.drawer, way=way, counts=notes, key=new_key(), by=session.cashier, at=NOW
            )
            services.confirm_transfer(transfer=transfer, by=cast.manager, at=NOW + timedelta(hours=1))
        closed = counted(session, {20000: 5, 10000: 2})
        offered = closed.vault_transfers.get(state=State.WAITING)
        services.confirm_transfer(transfer=offered, by=cast.manager, at=NOW + timedelta(hours=9))
        told = report(closed)
        assert [(kind.way, kind.amount.minor) for kind in told.kinds] == [("in", 30_000), ("out", 10_000)]
        assert (told.opening.minor, told.expected.minor, told.counted.minor) == (100_000, 120_000, 120_000)

    def test_the_vault_hands_out_and_the_cashier_confirms(self, cast: Cast, session: DrawerSession) -> None:
        transfer = handed(cast.drawer, HUNDRED)
        assert code(services.confirm_transfer, transfer=transfer, by=cast.manager) == "other_side"
        services.confirm_transfer(transfer=transfer, by=cast.cashier, at=NOW)
        assert balance(cast.drawer.ledger_account) == 110_000

    def test_another_keeper_of_the_vault_is_the_same_side(self, cast: Cast, session: DrawerSession) -> None:
        transfer = handed(cast.drawer, HUNDRED)
        second = make_user("manager", "Second Manager", branch=cast.north)  # type: ignore[arg-type]
        assert code(services.confirm_transfer, transfer=transfer, by=second) == "other_side"

    @pytest.mark.parametrize("who", ["cashier", "rival_manager", "rival_cashier", "auditor", "operations_manager"])
    def test_nobody_else_confirms(self, cast: Cast, session: DrawerSession, who: str) -> None:
        transfer = asked(session, Way.TO_VAULT)
        assert code(services.confirm_transfer, transfer=transfer, by=getattr(cast, who)) == "other_side"
        assert balance(cast.drawer.ledger_account) == 100_000

    def test_the_database_knows_both_sides_too(self, cast: Cast, session: DrawerSession) -> None:
        transfer = asked(session, Way.TO_VAULT)
        entry = Entry.objects.filter(kind=EntryKind.VAULT).get()
        with pytest.raises(IntegrityError, match="both_sides"), transaction.atomic():
            VaultTransfer.objects.filter(pk=transfer.pk).update(
                state=State.CONFIRMED, decided_by=cast.cashier, decided_at=NOW, entry=entry
            )

    def test_a_refusal_needs_a_reason_and_posts_nothing(self, cast: Cast, session: DrawerSession) -> None:
        transfer = asked(session, Way.TO_DRAWER)
        assert code(services.refuse_transfer, transfer=transfer, reason=" ", by=cast.manager) == "reason"
        refused = services.refuse_transfer(transfer=transfer, reason="Not today", by=cast.manager, at=NOW)
        assert (refused.state, refused.reason) == (State.REFUSED, "Not today")
        assert balance(cast.drawer.ledger_account) == 100_000

    def test_only_the_asker_takes_it_back(self, cast: Cast, session: DrawerSession) -> None:
        transfer = asked(session, Way.TO_DRAWER)
        assert code(services.withdraw_transfer, transfer=transfer, by=cast.manager) == "not_yours"
        services.withdraw_transfer(transfer=transfer, by=cast.cashier, at=NOW)
        with pytest.raises(Stale):
            services.confirm_transfer(transfer=transfer, by=cast.manager, at=NOW)


class TestWhatIsThere:
    def test_the_same_form_twice_asks_once(self, session: DrawerSession) -> None:
        key = new_key()
        assert asked(session, Way.TO_VAULT, key) == asked(session, Way.TO_VAULT, key)

    def test_a_second_on_the_same_way_waits_for_the_first(self, session: DrawerSession) -> None:
        asked(session, Way.TO_VAULT)
        with pytest.raises(Refused) as refused:
            asked(session, Way.TO_VAULT)
        assert refused.value.code == "one_waits"

    @pytest.mark.parametrize(
        ("way", "counts", "why"),
        [
            (Way.TO_VAULT, {20000: 6}, "drawer_short"),
            (Way.TO_DRAWER, {20000: 100}, "cash_limit"),
            (Way.TO_DRAWER, {}, "nothing"),
            (Way.TO_DRAWER, {333: 1}, "denomination"),
        ],
    )
    def test_impossible_amounts_are_refused(
        self, session: DrawerSession, way: VaultTransfer.Way, counts: dict[int, int], why: str
    ) -> None:
        refused = code(
            services.ask_for_transfer, drawer=session.drawer, way=way, counts=counts, key=new_key(), by=session.cashier
        )
        assert refused == why

    def test_a_stranger_asks_for_nothing(self, cast: Cast, session: DrawerSession) -> None:
        for who in (cast.rival_cashier, cast.rival_manager, cast.auditor):
            refused = code(
                services.ask_for_transfer,
                drawer=cast.drawer,
                way=Way.TO_DRAWER,
                counts=HUNDRED,
                key=new_key(),
                by=who,
            )
            assert refused == "not_yours"

    def test_cash_handed_over_is_settled_before_the_close(self, cast: Cast, session: DrawerSession) -> None:
        handed(cast.drawer, HUNDRED)
        with pytest.raises(Refused) as refused:
            services.count_session(session=session, counts={20000: 5}, note="", key=new_key(), by=cast.cashier, at=NOW)
        assert refused.value.code == "transfer_waits"


class TestCountingTheVault:
    def count(self, cast: Cast, minor: int, note: str = "") -> VaultCount:
        counts = {20000: minor // 20000, 1: minor % 20000}
        return services.count_vault(branch=cast.north, counts=counts, note=note, key=new_key(), by=cast.manager, at=NOW)

    def test_a_count_that_agrees_is_kept(self, cast: Cast) -> None:
        count = self.count(cast, 10_000_000)
        assert (count.counted_minor, count.expected_minor) == (10_000_000, 10_000_000)
        assert not Request.objects.exists()

    def test_the_notes_follow_what_passes(self, cast: Cast) -> None:
        self.count(cast, 10_000_000)
        session = opened(cast.drawer, cast.cashier)
        notes = {each.worth.minor: each.quantity for each in vault_page(cast.north).notes}
        assert notes[20000] == 500 - 5
        services.confirm_transfer(transfer=asked(session, Way.TO_VAULT), by=cast.manager, at=NOW)
        notes = {each.worth.minor: each.quantity for each in vault_page(cast.north).notes}
        assert notes[10000] == 1

    def test_a_difference_waits_for_somebody_else(self, cast: Cast) -> None:
        with pytest.raises(Refused):
            self.count(cast, 9_980_000)
        self.count(cast, 9_980_000, note="A note is torn")
        assert balance(vault_of(cast.drawer)) == 10_000_000
        with pytest.raises(Refused):
            decide(request=Request.objects.get(), approve=True, by=cast.manager, at=NOW)
        decide(request=Request.objects.get(), approve=True, by=cast.operations_manager, at=NOW)
        assert balance(vault_of(cast.drawer)) == 9_980_000

    def test_cash_that_moved_since_stops_the_decision(self, cast: Cast) -> None:
        self.count(cast, 9_980_000, note="A note is torn")
        opened(cast.drawer, cast.cashier)
        with pytest.raises(Refused) as refused:
            decide(request=Request.objects.get(), approve=True, by=cast.operations_manager, at=NOW)
        assert refused.value.code == "changed"

    def test_nobody_else_counts(self, cast: Cast) -> None:
        for who in (cast.cashier, cast.rival_manager, cast.auditor):
            refused = code(services.count_vault, branch=cast.north, counts={}, note="x", key=new_key(), by=who)
            assert refused == "not_yours"


class TestChangingNotes:
    def test_both_sides_are_worth_the_same(self, cast: Cast, session: DrawerSession) -> None:
        sent = {"session": session, "taken": {20000: 1}, "given": {5000: 4}, "key": new_key(), "by": cast.cashier}
        first = services.exchange_notes(**sent, at=NOW)  # type: ignore[arg-type]
        assert first == services.exchange_notes(**sent, at=NOW)  # type: ignore[arg-type]
        assert first.amount_minor == 20_000
        assert balance(cast.drawer.ledger_account) == 100_000

    @pytest.mark.parametrize(
        ("taken", "given", "why"),
        [({20000: 1}, {5000: 3}, "differs"), ({}, {}, "nothing"), ({7: 1}, {7: 1}, "denomination")],
    )
    def test_anything_else_is_refused(
        self, cast: Cast, session: DrawerSession, taken: dict[int, int], given: dict[int, int], why: str
    ) -> None:
        refused = code(
            services.exchange_notes, session=session, taken=taken, given=given, key=new_key(), by=cast.cashier
        )
        assert refused == why


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_post_once(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier)
    transfer = asked(session, Way.TO_VAULT)
    second = make_user("manager", "Second Manager", branch=cast.north)  # type: ignore[arg-type]
    together = Barrier(2)

    def confirm(by: object) -> str:
        try:
            together.wait(10)
            return services.confirm_transfer(transfer=transfer, by=by, at=NOW).state
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(confirm, (cast.manager, second)))
    assert answers == ["confirmed", "stale"]
    assert balance(cast.drawer.ledger_account) == 90_000
