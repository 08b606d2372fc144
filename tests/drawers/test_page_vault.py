"""The vault's pages: who sees what, and both sides of a transfer through the browser's own forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.base.keys import new_key
from portal.drawers.models import NoteExchange, VaultCount, VaultTransfer
from portal.people.models import User
from tests.cast import Cast
from tests.drawers.working import balance, handed, opened

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


def html(response: Any) -> str:
    return str(response.content.decode())


def test_cash_goes_out_and_comes_back_between_two_browsers(cast: Cast, client_for: ClientFor) -> None:
    keeper, teller = client_for(cast.manager), client_for(cast.cashier)
    opened(cast.drawer, cast.cashier)
    sent = {"key": new_key(), "way": "to_drawer", "note_10000": "3"}
    assert teller.post(reverse("drawer_vault"), sent).status_code == 303
    transfer = VaultTransfer.objects.get(state="waiting")
    assert "I gave" in html(keeper.get(reverse("vault")))
    keeper.post(reverse("vault_confirm", args=[transfer.pk]))
    assert balance(cast.drawer.ledger_account) == 130_000
    handed(cast.drawer, {10000: 1})
    assert "I have counted" in html(teller.get(reverse("drawer_vault")))
    given = VaultTransfer.objects.get(state="waiting")
    teller.post(reverse("drawer_refuse", args=[given.pk]), {"reason": "A note is torn"})
    assert "A note is torn" in html(keeper.get(reverse("vault")))


def test_a_float_waits_for_its_drawer(cast: Cast, client_for: ClientFor) -> None:
    handed(cast.drawer, {20000: 5})
    assert "Take back" in html(client_for(cast.manager).get(reverse("vault")))
    page = html(client_for(cast.cashier).get(reverse("counter_open")))
    assert "Drawer 1" in page
    assert "1,000.00" in page


def test_another_branchs_transfer_does_not_exist(cast: Cast, client_for: ClientFor) -> None:
    transfer = handed(cast.rival_drawer, {20000: 1})
    for name in ("vault_confirm", "vault_withdraw", "vault_refuse"):
        assert client_for(cast.manager).post(reverse(name, args=[transfer.pk])).status_code == 404
    for name in ("drawer_confirm", "drawer_withdraw", "drawer_refuse"):
        assert client_for(cast.cashier).post(reverse(name, args=[transfer.pk])).status_code == 404


def test_a_manager_sees_the_own_branchs_vault_only(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.manager).get(reverse("vault"), {"branch": cast.south.code}).status_code == 404
    assert cast.south.name in html(client_for(cast.auditor).get(reverse("vault"), {"branch": cast.south.code}))


def test_counting_the_vault_keeps_what_was_typed_when_it_differs(cast: Cast, client_for: ClientFor) -> None:
    keeper = client_for(cast.manager)
    answer = keeper.post(reverse("vault_count"), {"key": new_key(), "note_20000": "499"})
    assert answer.status_code == 422
    assert 'value="499"' in html(answer)
    assert "100,000.00" not in html(answer)
    keeper.post(reverse("vault_count"), {"key": new_key(), "note_20000": "500"})
    assert VaultCount.objects.count() == 1


def test_notes_are_changed(cast: Cast, client_for: ClientFor) -> None:
    teller = client_for(cast.cashier)
    opened(cast.drawer, cast.cashier)
    sent = {"taken-key": new_key(), "given-key": new_key(), "taken-note_20000": "1", "given-note_5000": "3"}
    answer = teller.post(reverse("drawer_exchange"), sent)
    assert answer.status_code == 422
    assert 'name="given-note_5000" value="3"' in html(answer)
    teller.post(reverse("drawer_exchange"), sent | {"given-note_5000": "4"})
    assert NoteExchange.objects.get().amount_minor == 20_000
