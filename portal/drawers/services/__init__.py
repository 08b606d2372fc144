"""Working with a drawer: opening and pausing, the cash that passes through, the blind count at the end, the vault."""

from __future__ import annotations

from portal.drawers.services.counting import count_session, settle_variance
from portal.drawers.services.notes import MOST_PIECES, counted_total
from portal.drawers.services.overseeing import make_spot_count, order_recount, oversees, settle_take_over, take_over
from portal.drawers.services.serving import (
    check_payment,
    check_receipt,
    check_transfer,
    lock_for_serving,
    record_movement,
)
from portal.drawers.services.sessions import open_session, pause_session, resume_session
from portal.drawers.services.vault import (
    ask_for_transfer,
    confirm_transfer,
    count_vault,
    exchange_notes,
    keeps_vault,
    refuse_transfer,
    settle_vault,
    withdraw_transfer,
)

__all__ = [
    "MOST_PIECES",
    "ask_for_transfer",
    "check_payment",
    "check_receipt",
    "check_transfer",
    "confirm_transfer",
    "count_session",
    "count_vault",
    "counted_total",
    "exchange_notes",
    "keeps_vault",
    "lock_for_serving",
    "make_spot_count",
    "open_session",
    "order_recount",
    "oversees",
    "pause_session",
    "record_movement",
    "refuse_transfer",
    "resume_session",
    "settle_take_over",
    "settle_variance",
    "settle_vault",
    "take_over",
    "withdraw_transfer",
]
