"""Asking for other rules of signing in. Nothing changes until a second person agrees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.access.policy import ALWAYS_PASSKEY, BOUNDS, Policy
from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money

POLICY, LARGE_TRANSFER = "policy_change", "large_transfer_change"


def policy_of(payload: Mapping[str, Any]) -> Policy:
    """The rules that a payload asks for."""
    numbers: dict[str, int] = {name: payload[name] for name in BOUNDS}
    roles = ALWAYS_PASSKEY | frozenset(payload["passkey_roles"])
    return Policy(**numbers, passkey_roles=roles, tells_every_sign_in=bool(payload["tells_every_sign_in"]))


@transactional
def ask_for_policy(*, wanted: Policy, reason: str, by: Any, at: datetime) -> Request:
    """Ask that other rules of signing in hold. Refused: laxer ones than everybody begins with, and those in force."""
    payload = {
        **{name: getattr(wanted, name) for name in BOUNDS},
        "passkey_roles": sorted(wanted.passkey_roles - ALWAYS_PASSKEY),
        "tells_every_sign_in": int(wanted.tells_every_sign_in),
        "reason": _given(reason),
    }
    return ask(act=POLICY, payload=payload, subject="policy", reason=reason, by=by, at=at)


@transactional
def ask_for_large_transfer(*, amount: Money, reason: str, by: Any, at: datetime) -> Request:
    """Ask that transfers ask again who one is from another amount on. Refused: nothing, and the amount in force."""
    payload = {"amount": amount.minor, "currency": amount.currency, "reason": _given(reason)}
    return ask(act=LARGE_TRANSFER, payload=payload, subject=amount.currency, reason=reason, by=by, at=at)


def _given(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    return reason.strip()
