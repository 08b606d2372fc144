"""Two who open the same drawer at once, and one person who opens two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.access.roles import Role
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.drawers import services
from portal.drawers.models import Drawer, DrawerSession
from portal.ledger.models import Entry, EntryKind
from portal.people.models import User
from tests.cast import NOW, Cast, make_user
from tests.drawers.working import THOUSAND, balance, handed

pytestmark = pytest.mark.django_db(transaction=True)


def race(*tries: tuple[Drawer, User]) -> list[str]:
    """What each of them is told when all ask at the same moment."""
    together = Barrier(len(tries))

    def ask(drawer: Drawer, by: User) -> str:
        try:
            together.wait(10)
            return services.open_session(drawer=drawer, counts=THOUSAND, key=new_key(), by=by, at=NOW).state
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(future.result() for future in [pool.submit(ask, *each) for each in tries])


def test_a_drawer_opens_for_one_of_two(cast: Cast) -> None:
    handed(cast.drawer, THOUSAND)
    other = make_user(Role.CASHIER, "Other Cashier", branch=cast.north)
    assert race((cast.drawer, cast.cashier), (cast.drawer, other)) == ["active", "drawer_in_use"]
    assert DrawerSession.objects.count() == Entry.objects.filter(kind=EntryKind.VAULT).count() == 1
    assert balance(cast.drawer.ledger_account) == 100_000


def test_a_person_opens_one_of_two_drawers(cast: Cast) -> None:
    for drawer in (cast.drawer, cast.spare_drawer):
        handed(drawer, THOUSAND)
    assert race((cast.drawer, cast.cashier), (cast.spare_drawer, cast.cashier)) == ["active", "person_has_drawer"]
    assert DrawerSession.objects.count() == Entry.objects.filter(kind=EntryKind.VAULT).count() == 1
