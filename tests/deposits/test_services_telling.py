"""Members are told of the movements they asked for, each once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from portal.base.clock import now
from portal.base.keys import new_key
from portal.deposits.services import transfer
from portal.deposits.services.telling import tell_movements
from portal.notifications.models import Notice
from portal.notifications.services import Choice, choose
from tests.cast import Cast, fund, ghs

pytestmark = pytest.mark.django_db


def watched(cast: Cast, **amounts: Any) -> set[UUID]:
    """Kofi asks to be told from now on; what he was told of the minutes before."""
    choose(user=cast.kofi_user, choice=Choice(wanted=set(), **amounts), by=cast.kofi_user, at=now())
    tell_movements(at=now())
    return set(Notice.objects.values_list("pk", flat=True))


def since(before: set[UUID]) -> list[Notice]:
    return list(Notice.objects.exclude(pk__in=before))


def test_a_large_movement_is_told_once(cast: Cast) -> None:
    before = watched(cast, large_minor=10_000)
    fund(cast.kofi_savings, ghs("99.99"))
    fund(cast.kofi_savings, ghs("100.00"))
    for _ in range(3):
        tell_movements(at=now())
    [told] = since(before)
    assert (told.kind, "GHS 100.00" in told.text) == ("account.large_movement", True)


def test_a_balance_is_low_when_it_falls_not_while_it_is(cast: Cast) -> None:
    before = watched(cast, low_minor=10_000)
    for amount in ("450.00", "10.00"):
        transfer(
            source=cast.kofi_savings,
            target=cast.ama_savings,
            amount=ghs(amount),
            memo="",
            key=new_key(),
            by=cast.kofi_user,
            at=now(),
        )
    tell_movements(at=now())
    assert [told.kind for told in since(before)] == ["account.low_balance"]


def test_nobody_who_did_not_ask_is_told(cast: Cast) -> None:
    tell_movements(at=now())
    fund(cast.ama_savings, ghs("9999.00"))
    assert tell_movements(at=now()) == 0
