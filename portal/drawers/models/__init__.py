"""Cash in the branch: drawers, who works with which and when, what was counted, and what passes between drawer and vault."""

from __future__ import annotations

from portal.drawers.models.drawers import (
    CashMovement,
    Drawer,
    DrawerCount,
    DrawerCountLine,
    DrawerSession,
    UuidV7,
    Variance,
)
from portal.drawers.models.overseeing import RecountOrder, TakeOver
from portal.drawers.models.vault import NoteExchange, VaultCount, VaultTransfer, VaultVariance

__all__ = [
    "CashMovement",
    "Drawer",
    "DrawerCount",
    "DrawerCountLine",
    "DrawerSession",
    "NoteExchange",
    "RecountOrder",
    "TakeOver",
    "UuidV7",
    "Variance",
    "VaultCount",
    "VaultTransfer",
    "VaultVariance",
]
