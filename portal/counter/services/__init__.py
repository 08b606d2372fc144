"""Serving a member: one leg or several, now or aside, with a second person where it takes one; and taking back."""

from __future__ import annotations

from portal.counter.services.calling import call_next
from portal.counter.services.closing import serve_closing
from portal.counter.services.lending import serve_loan, serve_repayment
from portal.counter.services.reversing import ask_for_reversal, reverse_late, reverse_movement
from portal.counter.services.serving import serve_deposit, serve_transfer, serve_withdrawal
from portal.counter.services.turns import approve_here, send_to_manager, serve_in_visit
from portal.counter.services.visits import (
    add_leg,
    approve_visit_here,
    ask_for_visit,
    close_drawer,
    park,
    post_approved,
    post_visit,
    settle,
    take_back,
    take_over_drawer,
)

__all__ = [
    "add_leg",
    "approve_here",
    "approve_visit_here",
    "ask_for_reversal",
    "ask_for_visit",
    "call_next",
    "close_drawer",
    "park",
    "post_approved",
    "post_visit",
    "reverse_late",
    "reverse_movement",
    "send_to_manager",
    "serve_closing",
    "serve_deposit",
    "serve_in_visit",
    "serve_loan",
    "serve_repayment",
    "serve_transfer",
    "serve_withdrawal",
    "settle",
    "take_back",
    "take_over_drawer",
]
