"""Reading vaults: what lies in one, what waits for whom, what passed through."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.drawers.models import DrawerSession, VaultCount, VaultTransfer
from portal.drawers.queries import open_session_of, vault_holds
from portal.institution.models import Branch
from portal.institution.queries import branches_within, denominations
from portal.ledger.chart import VAULT, branch_account
from portal.ledger.models import Posting

LAST = 20


@dataclass(frozen=True, slots=True)
class Notes:
    """So many of one note or coin."""

    worth: Money
    quantity: int

    @property
    def total(self) -> Money:
        return Money(self.worth.minor * self.quantity, self.worth.currency)


@dataclass(frozen=True, slots=True)
class Vault:
    """A branch's vault: what the books say, the last count, and the notes that count and what passed since make."""

    branch: Branch
    holds: Money
    counted: VaultCount | None
    notes: list[Notes]

    @property
    def difference(self) -> Money | None:
        """What the last count was above the books; None without a count or a difference."""
        if self.counted is None or self.counted.counted_minor == self.counted.expected_minor:
            return None
        return Money(self.counted.counted_minor - self.counted.expected_minor, self.holds.currency)


def vault_branches(user: Any) -> QuerySet[Branch]:
    """The branches whose vaults somebody may see."""
    return branches_within(user, Capability.VAULT_VIEW)


def vault_of(branch: Branch) -> Vault:
    """A vault as it is now. Without a first count there are no notes to name."""
    holds = vault_holds(branch)
    counted = VaultCount.objects.filter(branch=branch).select_related("counted_by").first()
    return Vault(branch, holds, counted, _notes(branch, counted, holds.currency) if counted else [])


def transfers_visible_to(user: Any) -> QuerySet[VaultTransfer]:
    """What passed or passes between drawers and the vaults somebody may see, and a cashier's own."""
    related = ("drawer__branch", "drawer__ledger_account", "asked_by", "decided_by", "entry")
    transfers = VaultTransfer.objects.select_related(*related)
    scope = scope_of(user, Capability.VAULT_VIEW)
    if scope is Scope.ALL:
        return transfers
    if scope is Scope.BRANCH:
        return transfers.filter(drawer__branch_id=user.branch_id)
    if scope_of(user, Capability.DRAWER_OPERATE) is Scope.NONE:
        return transfers.none()
    return transfers.filter(Q(session__cashier=user) | Q(asked_by=user))


def waiting_in(branch: Branch) -> QuerySet[VaultTransfer]:
    """What waits in a branch, oldest first."""
    related = ("drawer__ledger_account", "asked_by", "session__cashier")
    waiting = VaultTransfer.objects.filter(drawer__branch=branch, state=VaultTransfer.State.WAITING)
    return waiting.select_related(*related).order_by("asked_at")


def waiting_for_drawer_of(user: Any) -> list[VaultTransfer]:
    """What waits between the vault and the drawer that a cashier has open."""
    session = open_session_of(user)
    if session is None:
        return []
    waiting = VaultTransfer.objects.filter(drawer=session.drawer, state=VaultTransfer.State.WAITING)
    return list(waiting.select_related("drawer__ledger_account", "asked_by", "session").order_by("asked_at"))


def floats_for(user: Any) -> QuerySet[VaultTransfer]:
    """The cash that waits for closed drawers of a cashier's branch."""
    open_ones = DrawerSession.objects.exclude(state=DrawerSession.State.CLOSED).values("drawer")
    waiting = VaultTransfer.objects.filter(drawer__branch_id=user.branch_id, state=VaultTransfer.State.WAITING)
    waiting = waiting.filter(way=VaultTransfer.Way.TO_DRAWER).exclude(drawer__in=open_ones)
    return waiting.select_related("drawer__ledger_account", "asked_by").order_by("drawer__name")


def notes_of(kept: dict[str, int], currency: str) -> list[Notes]:
    """The pieces a row keeps, largest first."""
    found = sorted(((int(value), quantity) for value, quantity in kept.items()), reverse=True)
    return [Notes(Money(value, currency), quantity) for value, quantity in found if quantity]


def notes_in(branch: Branch) -> dict[int, int] | None:
    """How many of each note and coin lie in a branch's vault, by minor units; None before it was ever counted."""
    counted = VaultCount.objects.filter(branch=branch).first()
    if counted is None:
        return None
    return {notes.worth.minor: notes.quantity for notes in _notes(branch, counted, vault_holds(branch).currency)}


def _notes(branch: Branch, counted: VaultCount, currency: str) -> list[Notes]:
    """The last count and every confirmed transfer since, piece by piece."""
    pieces = Counter({int(value): quantity for value, quantity in counted.notes.items()})
    vault = branch_account(branch.pk, VAULT)
    since = Posting.objects.filter(account_id=vault.pk, seq__gt=counted.last_seq).values("entry_id")
    moved = VaultTransfer.objects.filter(drawer__branch=branch, entry_id__in=since)
    for way, notes in moved.values_list("way", "notes"):
        sign = 1 if way == VaultTransfer.Way.TO_VAULT else -1
        for value, quantity in notes.items():
            pieces[int(value)] += sign * quantity
    known = denominations(currency).values_list("value_minor", flat=True)
    return [Notes(Money(value, currency), pieces[value]) for value in known]
