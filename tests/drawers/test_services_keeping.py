"""The drawers of a branch: one more, another name, out of use once it is empty and closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.audit.models import Event
from portal.base.errors import Refused
from portal.drawers.models import Drawer, DrawerSession
from portal.drawers.services.keeping import add_drawer, rename_drawer, retire_drawer, return_drawer
from tests.cast import NOW, Cast, open_drawer

LIMITS: dict[str, Any] = {"limit_minor": 100_000, "at_once_minor": 50_000, "tolerance_minor": 100}


def by(cast: Cast) -> dict[str, Any]:
    return {"by": cast.operations_manager, "at": NOW}


def test_a_drawer_gets_the_next_number(cast: Cast) -> None:
    drawer = add_drawer(branch=cast.north, **LIMITS, **by(cast))
    assert (drawer.name, drawer.ledger_account.name, drawer.cash_limit_minor) == ("Drawer 3", "Drawer 3", 100_000)
    assert Event.objects.get(verb="drawer added").actor == cast.operations_manager


def test_a_name_is_given_once_in_a_branch(cast: Cast) -> None:
    with pytest.raises(Refused, match="of this name already"):
        add_drawer(branch=cast.north, name="drawer 1", **LIMITS, **by(cast))
    with pytest.raises(Refused, match="of this name already"):
        rename_drawer(drawer=cast.spare_drawer, name="Drawer 1", **by(cast))


def test_more_at_once_than_it_holds_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="holds at least"):
        add_drawer(branch=cast.north, **LIMITS | {"at_once_minor": 200_000}, **by(cast))


def test_another_name_is_the_accounts_too(cast: Cast) -> None:
    drawer = rename_drawer(drawer=cast.spare_drawer, name="Window", **by(cast))
    drawer.ledger_account.refresh_from_db()
    assert (drawer.name, drawer.ledger_account.name) == ("Window", "Window")


def test_an_open_drawer_is_not_retired(cast: Cast) -> None:
    open_drawer(cast.drawer, cast.cashier)
    with pytest.raises(Refused, match="is open"):
        retire_drawer(drawer=cast.drawer, **by(cast))


def test_a_drawer_with_cash_is_not_retired(cast: Cast) -> None:
    session = open_drawer(cast.drawer, cast.cashier)
    DrawerSession.objects.filter(pk=session.pk).update(state="closed", closed_at=NOW, z_number=1)
    with pytest.raises(Refused, match=r"lies in Drawer 1"):
        retire_drawer(drawer=cast.drawer, **by(cast))


def test_out_of_use_and_back_twice_changes_nothing(cast: Cast) -> None:
    for _ in range(2):
        assert not retire_drawer(drawer=cast.spare_drawer, **by(cast)).is_active
    for _ in range(2):
        assert return_drawer(drawer=cast.spare_drawer, **by(cast)).is_active
    assert Event.objects.filter(verb__in=["drawer retired", "drawer back in use"]).count() == 2


def test_the_pages(cast: Cast, client_for: Callable[..., Client]) -> None:
    client = client_for(cast.operations_manager)
    typed = {"name": "Window", "limit": "1000", "at_once": "500", "tolerance": "0"}
    assert client.post(reverse("drawer_add", args=[cast.north.pk]), typed).status_code == 303
    window = Drawer.objects.get(name="Window")
    assert client.post(reverse("drawer_retire", args=[window.pk])).status_code == 303
    assert "Retired" in client.get(reverse("drawer_keeping", args=[cast.north.pk])).content.decode()
    open_drawer(cast.drawer, cast.cashier)
    assert client.post(reverse("drawer_retire", args=[cast.drawer.pk])).status_code == 422
