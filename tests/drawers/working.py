"""A drawer's day in short words, for the tests of this room and of the counter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.base.money import Money
from portal.drawers import services
from portal.drawers.models import CashMovement, Drawer, DrawerSession, VaultTransfer
from portal.institution.models import Branch
from portal.ledger.chart import OPENING_EQUITY, VAULT, branch_account
from portal.ledger.models import Account, Balance, EntryKind, Posting, Side
from portal.ledger.services import Line, NewEntry, credit, debit, post
from portal.people.models import User
from tests.cast import CURRENCY, NOW, make_user

THOUSAND = {20000: 5}


def keeper_of(branch: Branch) -> User:
    """Who keeps a branch's vault."""
    found = User.objects.filter(role=Role.MANAGER, branch=branch).first()
    return found or make_user(Role.MANAGER, f"Manager of {branch.name}", branch=branch)


def handed(drawer: Drawer, counts: Mapping[int, int], *, key: str = "") -> VaultTransfer:
    """Cash that the vault has handed to a drawer and that waits to be taken."""
    way = VaultTransfer.Way.TO_DRAWER
    return services.ask_for_transfer(
        drawer=drawer, way=way, counts=counts, key=key or new_key(), by=keeper_of(drawer.branch), at=NOW
    )


def opened(drawer: Drawer, by: User, counts: Mapping[int, int] | None = None, *, key: str = "") -> DrawerSession:
    """A drawer opened with a float of GHS 1,000.00, or of these notes, from the vault."""
    counts = THOUSAND if counts is None else counts
    if counts and not drawer.vault_transfers.filter(state=VaultTransfer.State.WAITING).exists():
        handed(drawer, counts)
    return services.open_session(drawer=drawer, counts=counts, key=key or new_key(), by=by, at=NOW)


def taken_back(session: DrawerSession) -> VaultTransfer:
    """The vault takes what a closed drawer handed in."""
    offered = session.vault_transfers.get(state=VaultTransfer.State.WAITING)
    return services.confirm_transfer(transfer=offered, by=keeper_of(session.drawer.branch), at=NOW)


def counted(session: DrawerSession, counts: Mapping[int, int], *, note: str = "", key: str = "") -> DrawerSession:
    """The closing count by the session's own cashier."""
    at = NOW + timedelta(hours=8)
    return services.count_session(
        session=session, counts=counts, note=note, key=key or new_key(), by=session.cashier, at=at
    )


def cash(session: DrawerSession, minor: int) -> None:
    """Cash into the drawer, or out of it below zero, as any movement of a day would bring it."""
    drawer, amount = session.drawer, Money(abs(minor), CURRENCY)
    other = branch_account(drawer.branch_id, OPENING_EQUITY)
    into, out_of = (debit, credit) if minor > 0 else (credit, debit)
    lines: list[Line] = [into(drawer.ledger_account, amount), out_of(other, amount)]
    entry = NewEntry(kind=EntryKind.MANUAL, branch=drawer.branch, lines=lines, key=new_key(), channel="counter")
    posted = post(entry, by=session.cashier, at=NOW)
    way = CashMovement.Way.IN if minor > 0 else CashMovement.Way.OUT
    services.record_movement(
        session=session, posted=posted, way=way, amount=amount, notes={}, by=session.cashier, at=NOW
    )


def balance(account: Account) -> int:
    return Balance.objects.get(account=account).balance_minor


def vault_of(drawer: Drawer) -> Account:
    return branch_account(drawer.branch_id, VAULT)


def lines(entry_kind: EntryKind) -> list[tuple[str, str, int]]:
    """The lines of the newest entry of a kind as (side, account's name, minor units)."""
    entry = Posting.objects.filter(entry__kind=entry_kind).order_by("-entry__posted_at").first()
    assert entry is not None
    found = Posting.objects.filter(entry_id=entry.entry_id).select_related("account").order_by("line")
    return [(Side(line.side).label, line.account.name, line.amount_minor) for line in found]
