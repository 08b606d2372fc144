"""Setting the rules of signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from portal.access import policy
from portal.access.policy import ALWAYS_PASSKEY, BOUNDS, Policy
from portal.access.roles import STAFF
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.signin import queries
from portal.signin.models import LargeTransfer, SecurityPolicy

POLICY_SET, LARGE_SET = "rules of signing in set", "large transfer set"


def check_policy(wanted: Policy) -> None:
    """Refuse rules that are laxer than those everybody begins with, out of bounds, or for roles of no staff."""
    for name, bound in BOUNDS.items():
        if not bound.least <= getattr(wanted, name) <= bound.most:
            raise Refused(f"Choose a number from {bound.least} to {bound.most}.", code="bounds", field=name)
    if wanted.password_with_factor > wanted.password_alone:
        message = "A password beside a second factor need not be longer than one alone."
        raise Refused(message, code="order", field="password_with_factor")
    if not ALWAYS_PASSKEY <= wanted.passkey_roles <= STAFF:
        raise Refused(
            "Administrators and operations managers always need a passkey.", code="roles", field="passkey_roles"
        )


@transactional
def set_policy(*, wanted: Policy, reason: str, approved_by: Any, by: Any, at: datetime) -> SecurityPolicy:
    """Write another policy; it holds from the commit on, elsewhere some seconds later.

    Refused: what `check_policy` refuses, the same person twice, no reason, and a policy that changes nothing.
    """
    check_policy(wanted)
    if approved_by.pk == by.pk:
        raise Refused("A second person must approve this.", code="own")
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if wanted == queries.policy_in_force():
        raise Refused("These are the rules already.", code="same")
    values: dict[str, Any] = {name: getattr(wanted, name) for name in (*BOUNDS, "tells_every_sign_in")}
    row = SecurityPolicy.objects.create(
        **values,
        passkey_roles=sorted(wanted.passkey_roles - ALWAYS_PASSKEY),
        reason=reason.strip(),
        asked_by=by,
        approved_by=approved_by,
        at=at,
    )
    transaction.on_commit(policy.forget)
    record(verb=POLICY_SET, subject="policy", detail={"reason": reason.strip()}, by=by, at=at)
    return row


@transactional
def set_large_transfer(*, amount: Money, by: Any, at: datetime) -> LargeTransfer:
    """From this amount on, transfers in its currency ask again who one is. Refused: nothing, and what holds already."""
    if amount.minor <= 0:
        raise Refused("The amount must be more than 0.", code="not_positive", field="amount")
    if queries.large_transfer_from(amount.currency) == amount:
        raise Refused("That is the amount already.", code="same", field="amount")
    row = LargeTransfer.objects.create(currency=amount.currency, amount_minor=amount.minor, set_by=by, set_at=at)
    record(verb=LARGE_SET, subject=amount.currency, detail={"from": str(amount)}, by=by, at=at)
    return row
