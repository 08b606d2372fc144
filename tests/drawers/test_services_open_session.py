"""Opening a drawer: the count, the float from the vault, and everything that is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.drawers import services
from portal.drawers.models import DrawerCount, DrawerSession
from portal.ledger.models import Entry, EntryKind
from tests.cast import NOW, TODAY, Cast, make_user
from tests.drawers.working import THOUSAND, balance, counted, handed, lines, opened, vault_of

pytestmark = pytest.mark.django_db


def refusal(cast: Cast, **changes: object) -> str:
    arguments = {"drawer": cast.drawer, "by": cast.cashier} | changes
    with pytest.raises(Refused) as refused:
        opened(**arguments)  # type: ignore[arg-type]
    return refused.value.code


def test_the_float_moves_from_the_vault_into_the_drawer(cast: Cast) -> None:
    before = balance(vault_of(cast.drawer))
    session = opened(cast.drawer, cast.cashier)
    assert (session.state, session.business_date) == (DrawerSession.State.ACTIVE, TODAY)
    assert lines(EntryKind.VAULT) == [("Debit", "Drawer 1", 100_000), ("Credit", "Vault", 100_000)]
    assert balance(vault_of(cast.drawer)) == before - 100_000


def test_the_count_is_kept_by_denomination(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier, {20000: 2, 5000: 3, 100: 0})
    count = session.counts.get()
    assert (count.kind, count.total_minor) == (DrawerCount.Kind.OPENING, 55_000)
    assert dict(count.lines.values_list("value_minor", "quantity")) == {20000: 2, 5000: 3}


def test_an_empty_drawer_may_open(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier, {})
    assert session.counts.get().total_minor == 0
    assert not Entry.objects.filter(kind=EntryKind.VAULT).exists()


def test_a_drawer_opens_with_what_lay_there_and_its_float(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier)
    counted(session, THOUSAND)
    services.withdraw_transfer(transfer=session.vault_transfers.get(state="waiting"), by=cast.cashier, at=NOW)
    handed(cast.drawer, {5000: 2})
    again = opened(cast.drawer, cast.cashier, THOUSAND | {5000: 2})
    assert again.counts.get().total_minor == 110_000
    assert lines(EntryKind.VAULT)[0] == ("Debit", "Drawer 1", 10_000)


def test_a_count_that_is_not_the_float_is_refused(cast: Cast) -> None:
    handed(cast.drawer, THOUSAND)
    with pytest.raises(Refused) as refused:
        services.open_session(drawer=cast.drawer, counts={20000: 4}, key=new_key(), by=cast.cashier, at=NOW)
    assert refused.value.code == "differs_from_float"
    assert not DrawerSession.objects.exists()
    assert not Entry.objects.filter(kind=EntryKind.VAULT).exists()


def test_cash_the_vault_never_handed_over_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        services.open_session(drawer=cast.drawer, counts=THOUSAND, key=new_key(), by=cast.cashier, at=NOW)
    assert refused.value.code == "differs_from_books"


def test_a_drawer_whose_cash_the_vault_has_not_taken_yet_stays_closed(cast: Cast) -> None:
    counted(opened(cast.drawer, cast.cashier), THOUSAND)
    with pytest.raises(Refused) as refused:
        services.open_session(drawer=cast.drawer, counts=THOUSAND, key=new_key(), by=cast.cashier, at=NOW)
    assert refused.value.code == "return_waits"


def test_the_same_form_twice_opens_once(cast: Cast) -> None:
    key = new_key()
    assert opened(cast.drawer, cast.cashier, key=key) == opened(cast.drawer, cast.cashier, key=key)
    assert Entry.objects.filter(kind=EntryKind.VAULT).count() == 1


def test_the_same_key_with_other_notes_is_refused(cast: Cast) -> None:
    key = new_key()
    opened(cast.drawer, cast.cashier, key=key)
    assert refusal(cast, counts={20000: 6}, key=key) == "key_reused"
    assert refusal(cast, drawer=cast.spare_drawer, key=key) == "key_reused"


def test_a_second_drawer_for_one_person_is_refused(cast: Cast) -> None:
    opened(cast.drawer, cast.cashier)
    assert refusal(cast, drawer=cast.spare_drawer) == "person_has_drawer"


def test_a_drawer_that_somebody_has_open_is_refused(cast: Cast) -> None:
    opened(cast.drawer, cast.cashier)
    second = make_user("cashier", "Second Cashier", branch=cast.north)  # type: ignore[arg-type]
    assert refusal(cast, by=second) == "drawer_in_use"


def test_another_branchs_drawer_is_refused(cast: Cast) -> None:
    assert refusal(cast, drawer=cast.rival_drawer) == "other_branch"


def test_yesterdays_session_comes_first(cast: Cast) -> None:
    opened(cast.drawer, cast.cashier)
    cast.north.business_date = TODAY + timedelta(days=1)
    cast.north.save()
    assert refusal(cast, drawer=cast.spare_drawer) == "unclosed"


def test_a_retired_drawer_is_refused(cast: Cast) -> None:
    cast.drawer.is_active = False
    cast.drawer.save()
    assert refusal(cast) == "retired"


def test_more_than_the_drawer_may_hold_is_refused(cast: Cast) -> None:
    assert refusal(cast, counts={20000: 101}) == "cash_limit"


def test_more_than_the_vault_has_is_refused(cast: Cast) -> None:
    cast.drawer.cash_limit_minor = 10**9
    cast.drawer.save()
    assert refusal(cast, counts={20000: 501}) == "vault_short"
    assert not DrawerSession.objects.exists()


def test_less_than_the_books_say_is_refused_without_an_amount(cast: Cast) -> None:
    session = opened(cast.drawer, cast.cashier)
    counted(session, THOUSAND)
    services.withdraw_transfer(transfer=session.vault_transfers.get(state="waiting"), by=cast.cashier, at=NOW)
    with pytest.raises(Refused, match="not what the books say") as refused:
        services.open_session(drawer=cast.drawer, counts={20000: 1}, key=new_key(), by=cast.cashier, at=NOW)
    assert "1,000" not in refused.value.message


@pytest.mark.parametrize(
    ("counts", "code"),
    [({30000: 1}, "denomination"), ({20000: -1}, "quantity"), ({20000: 100_001}, "quantity")],
)
def test_a_count_nobody_can_have_made_is_refused(cast: Cast, counts: dict[int, int], code: str) -> None:
    assert refusal(cast, counts=counts) == code
