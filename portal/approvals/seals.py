"""The hash that binds a decision to exactly what was asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from portal.base.money import Money


def plain(value: Any) -> Any:
    """A payload as it will come back from the database; raises `TypeError` for what JSON cannot hold exactly."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a payload: use whole numbers and texts")


def seal(*, act: str, payload: Mapping[str, Any], branch_id: int | None, amount: Money | None) -> str:
    """SHA-256 over the act, its payload, its branch and its amount, in one canonical form."""
    money = [amount.minor, amount.currency] if amount is not None else None
    whole = {"act": act, "payload": payload, "branch": branch_id, "amount": money}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
