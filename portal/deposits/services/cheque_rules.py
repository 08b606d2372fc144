"""Rules for cheques."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import ChequeRules

RULES = "cheque_rules"


def ask_for_cheque_rules(
    *, currency: str, since: date, values: Mapping[str, Any], reason: str, by: Any, at: datetime
) -> Request:
    """Ask for other rules from a day on; `values` are the columns of `ChequeRules`. They hold once a second person agrees."""
    payload = {"currency": currency, "effective_from": since.isoformat(), **values}
    return ask(act=RULES, payload=payload, subject=currency, reason=reason, by=by, at=at)


@transactional
def set_cheque_rules(
    *,
    currency: str,
    since: date,
    values: Mapping[str, Any],
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> ChequeRules:
    """Write rules that hold from a day on. Refused: no reason, a day that is over."""
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if since < at.date():
        raise Refused("Rules begin today or later.", code="past", field="effective_from")
    return ChequeRules.objects.create(
        currency=currency,
        effective_from=since,
        reason=reason.strip(),
        made_at=at,
        made_by=by,
        approved_by=approved_by,
        **values,
    )
