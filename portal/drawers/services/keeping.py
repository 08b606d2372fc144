"""The drawers a branch has: adding one, giving it another name, taking it out of use and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.drawers.models import Drawer, DrawerSession, VaultTransfer
from portal.drawers.queries import held_in
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import NORMAL_SIDE, Account, Kind

ADDED, RENAMED, RETIRED, RETURNED = "drawer added", "drawer renamed", "drawer retired", "drawer back in use"
LONGEST_NAME = 40
MOST = 99
REVERSED_ALONE = 10


@transactional
def add_drawer(
    *,
    branch: Branch,
    name: str = "",
    limit_minor: int,
    at_once_minor: int,
    tolerance_minor: int,
    by: Any,
    at: datetime,
) -> Drawer:
    """A till with a cash account of its own; empty until a cashier opens it. Without a name it gets its number's.

    In minor units of the branch's currency: how much it may hold, how much one movement may be, and how far a count may
    be out before a manager decides. Its cashier takes back alone up to a tenth of what one movement may be. Refused: a name the branch has already, amounts below zero, more at once than it
    may hold, a hundredth drawer.
    """
    Branch.objects.select_for_update().get(pk=branch.pk)
    if min(limit_minor, at_once_minor, tolerance_minor) < 0 or at_once_minor > limit_minor:
        raise Refused("A drawer holds at least what one movement may be.", code="limits", field="at_once")
    number = Drawer.objects.filter(branch=branch).count() + 1
    if number > MOST:
        raise Refused(f"A branch has at most {MOST} drawers.", code="too_many")
    named = _free_name(branch, name.strip() or f"Drawer {number}")
    parent = chart.branch_account(branch.pk, chart.DRAWERS)
    account = Account.objects.create(
        branch=branch,
        code=f"{chart.DRAWERS}-{number}",
        name=named,
        kind=Kind.ASSET,
        currency=parent.currency,
        normal_side=NORMAL_SIDE[Kind.ASSET],
        parent=parent,
        floor_minor=0,
    )
    drawer = Drawer.objects.create(
        branch=branch,
        name=named,
        ledger_account=account,
        cash_limit_minor=limit_minor,
        deposit_limit_minor=at_once_minor,
        withdrawal_limit_minor=at_once_minor,
        tolerance_minor=tolerance_minor,
        reversal_limit_minor=at_once_minor // REVERSED_ALONE,
    )
    record(verb=ADDED, subject=f"{branch} {named}", by=by, at=at)
    return drawer


@transactional
def rename_drawer(*, drawer: Drawer, name: str, by: Any, at: datetime) -> Drawer:
    """Call a drawer and its account otherwise. Refused: no name, one that another drawer of the branch has."""
    held = _locked(drawer)
    before, named = held.name, " ".join(name.split())
    if named == before:
        return held
    held.name = _free_name(held.branch, named)
    held.save(update_fields=["name"])
    Account.objects.filter(pk=held.ledger_account_id).update(name=held.name)
    record(verb=RENAMED, subject=f"{held.branch} {held.name}", detail={"before": before}, by=by, at=at)
    return held


@transactional
def retire_drawer(*, drawer: Drawer, by: Any, at: datetime) -> Drawer:
    """Take a drawer out of use; what happened with it stays. One that is retired stays so.

    Refused: while somebody works with it, while cash lies in it or is on its way between it and the vault.
    """
    held = _locked(drawer)
    if not held.is_active:
        return held
    if DrawerSession.objects.filter(drawer=held).exclude(state=DrawerSession.State.CLOSED).exists():
        raise Refused(f"{held} is open. Its cashier closes it first.", code="open")
    if VaultTransfer.objects.filter(drawer=held, state=VaultTransfer.State.WAITING).exists():
        raise Refused("Cash is on its way between this drawer and the vault. Answer that first.", code="on_its_way")
    cash = held_in(held)
    if cash.minor:
        raise Refused(f"{cash} lies in {held}. It must go to the vault first.", code="not_empty")
    return _in_use(held, RETIRED, is_active=False, by=by, at=at)


@transactional
def return_drawer(*, drawer: Drawer, by: Any, at: datetime) -> Drawer:
    """Take a retired drawer into use again. One that is in use stays so."""
    held = _locked(drawer)
    return held if held.is_active else _in_use(held, RETURNED, is_active=True, by=by, at=at)


def _in_use(drawer: Drawer, verb: str, *, is_active: bool, by: Any, at: datetime) -> Drawer:
    drawer.is_active = is_active
    drawer.save(update_fields=["is_active"])
    record(verb=verb, subject=f"{drawer.branch} {drawer}", by=by, at=at)
    return drawer


def _locked(drawer: Drawer) -> Drawer:
    found = Drawer.objects.select_for_update(of=("self",), no_key=True).select_related("branch", "ledger_account")
    return found.get(pk=drawer.pk)


def _free_name(branch: Branch, name: str) -> str:
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"Enter a name of at most {LONGEST_NAME} characters.", code="name", field="name")
    if Drawer.objects.filter(branch=branch, name__iexact=name).exists():
        raise Refused(f"{branch} has a drawer of this name already.", code="name_taken", field="name")
    return name
