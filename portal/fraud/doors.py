"""The way back up: rooms above register how a held movement posts and how an account is frozen. This room imports none of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from portal.base.errors import Refused
from portal.ledger.services import Posted


class Door(Protocol):
    """How one kind of movement is posted once a reviewer has released it."""

    def post(self, payload: Mapping[str, Any], *, key: str, by: Any, at: datetime) -> Posted: ...


class Freezer(Protocol):
    """Freezes the account behind a ledger account, or lets it move again."""

    def __call__(self, *, ledger_account_id: int, reason: str, by: Any, at: datetime) -> None: ...


_doors: dict[str, Door] = {}
_freezers: list[Freezer] = []


def register_door(name: str, door: Door) -> None:
    """Say how movements held under this name are posted. Called when the program starts."""
    _doors[name] = door


def register_freezer(freezer: Freezer) -> None:
    """Say how accounts are frozen."""
    _freezers[:] = [freezer]


def door_named(name: str) -> Door:
    """The door of a held movement. Refused: one that the program no longer knows."""
    try:
        return _doors[name]
    except KeyError:
        raise Refused("The portal no longer knows how to post this.", code="unknown_door") from None


def freeze(*, ledger_account_id: int, reason: str, by: Any, at: datetime) -> None:
    """Freeze the account. Refused like the room's own service, and where no room knows how."""
    if not _freezers:
        raise Refused("No account can be frozen here.", code="no_freezer")
    _freezers[0](ledger_account_id=ledger_account_id, reason=reason, by=by, at=at)
