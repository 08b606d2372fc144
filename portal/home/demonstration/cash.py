"""The demonstration's cash on its first morning: each vault counted, a float handed to each drawer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from portal.access.roles import Role
from portal.base.money import Money
from portal.drawers.models import Drawer, VaultTransfer
from portal.drawers.queries import vault_holds
from portal.drawers.services import ask_for_transfer, count_vault
from portal.institution.models import Branch
from portal.institution.queries import denominations
from portal.people.models import User

_SMALL_CHANGE = 20
# Enough for the floats of all drawers, and for a day's askings after them.
_VAULT_CHANGE = 200
FLOAT_MINOR = 200_000


def lay_out(branches: Iterable[Branch], at: datetime) -> None:
    """Who keeps each vault has counted it and handed every drawer its float, so that a cashier can open at once."""
    for branch in branches:
        keeper = User.objects.get(role=Role.MANAGER, branch=branch)
        counts = _notes(vault_holds(branch), _VAULT_CHANGE)
        count_vault(branch=branch, counts=counts, note="", key=_key(branch, "count"), by=keeper, at=at)
        for drawer in Drawer.objects.filter(branch=branch).select_related("ledger_account"):
            ask_for_transfer(
                drawer=drawer,
                way=VaultTransfer.Way.TO_DRAWER,
                counts=_notes(Money(FLOAT_MINOR, drawer.currency)),
                key=_key(branch, drawer.name),
                by=keeper,
                at=at,
            )


def _notes(amount: Money, change: int = _SMALL_CHANGE) -> dict[int, int]:
    """Notes and coins that make up an amount: some of each small one as far as it goes, then the largest first."""
    kinds = list(denominations(amount.currency).values_list("value_minor", flat=True))
    pieces, left = dict.fromkeys(kinds, 0), amount.minor
    for value in reversed(kinds):
        if value * change * 8 <= amount.minor:
            pieces[value] = change
            left -= value * change
    for value in kinds:
        more, left = divmod(left, value)
        pieces[value] += more
    return {value: number for value, number in pieces.items() if number}


def _key(branch: Branch, what: str) -> str:
    """The same for the same thing, so that a second run lays out nothing."""
    return str(uuid5(NAMESPACE_URL, f"demonstration:{branch.code}:{what}"))
