"""What every entry of a drawer has in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.money import Money
from portal.drawers.models import Drawer
from portal.institution.models import Branch
from portal.ledger.errors import KeyReused
from portal.ledger.models import EntryKind
from portal.ledger.services import Line, NewEntry, Posted, post

REUSED = "This form was already used for something else. Open the page again. Nothing was posted."


def post_cash(
    branch: Branch, kind: EntryKind, lines: tuple[Line, ...], *, key: str, memo: str, by: Any, at: datetime
) -> Posted:
    entry = NewEntry(kind=kind, branch=branch, lines=lines, key=key, memo=memo, channel="counter")
    return post(entry, by=by, at=at)


def limit_text(drawer: Drawer, minor: int) -> str:
    return str(Money(minor, drawer.currency))


def refuse_other_use(same: bool) -> None:
    if not same:
        raise KeyReused(REUSED)
