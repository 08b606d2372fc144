"""Ceilings of roles and daily limits of people: asked for by one, approved by another, in force from a day on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.grants import Scope, scope_for
from portal.access.roles import Role
from portal.approvals.acts import known_acts
from portal.approvals.limits import LIMITED, ceiling_of, limit_of, words
from portal.approvals.models import Ceiling, Request, UserLimit
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.people.models import User

CEILING, LIMIT = "ceiling_change", "limit_change"
CEILING_SET, LIMIT_SET = "ceiling set", "daily limit set"


def capped() -> list[Capability]:
    """What a ceiling may be set for: moving cash, and deciding on acts that have an amount."""
    return [*LIMITED, *dict.fromkeys(act.capability for act in known_acts().values() if act.has_amount)]


@transactional
def ask_for_ceiling(
    *, role: str, capability: str, amount: Money | None, currency: str, reason: str, by: Any, at: datetime
) -> Request:
    """Ask that a role does one act only up to `amount` (None: without a ceiling) from today on."""
    minor = amount.minor if amount is not None else None
    payload = {"role": role, "capability": capability, "amount": minor, "currency": currency, "reason": reason.strip()}
    return ask(act=CEILING, payload=payload, subject=Role(role).label, reason=reason, by=by, at=at)


@transactional
def ask_for_limit(
    *, user: User, capability: str, amount: Money | None, currency: str, reason: str, by: Any, at: datetime
) -> Request:
    """Ask that one person moves no more than `amount` a day (None: without a limit) from today on."""
    minor = amount.minor if amount is not None else None
    payload = {"user": user.pk, "capability": capability, "amount": minor, "currency": currency, "reason": reason}
    return ask(act=LIMIT, payload=payload, subject=user.email, reason=reason, branch=user.branch, by=by, at=at)


def check_ceiling(*, role: str, capability: str, amount: Money | None, at: datetime) -> None:
    """Refuse a ceiling for what the role may not do or what has no amount, and one that changes nothing."""
    if capability not in capped() or scope_for(role, Capability(capability)) is Scope.NONE:
        raise Refused("This role does not do that: choose another.", code="capability", field="capability")
    if ceiling_of(role, Capability(capability), on=at.date()) == amount:
        raise Refused("That is the ceiling already.", code="same", field="amount")


def check_limit(*, user: User, capability: str, amount: Money | None, at: datetime) -> None:
    """Refuse a limit for what the person does not do, and one that changes nothing."""
    if capability not in LIMITED or not allows(user, Capability(capability)):
        raise Refused(f"{user} does not do that.", code="capability", field="capability")
    if limit_of(user, Capability(capability), on=at.date()) == amount:
        raise Refused("That is the limit already.", code="same", field="amount")


@transactional
def set_ceiling(
    *,
    role: str,
    capability: str,
    amount: Money | None,
    currency: str,
    reason: str,
    approved_by: Any,
    by: Any,
    at: datetime,
) -> Ceiling:
    """Write the ceiling down. Only ever called by an approved request."""
    check_ceiling(role=role, capability=capability, amount=amount, at=at)
    made = Ceiling.objects.create(
        role=role, **_row(capability, amount, currency, reason, approved_by=approved_by, by=by, at=at)
    )
    detail = {
        "what": words(capability),
        "up to": str(amount if amount is not None else "no ceiling"),
        "asked by": str(by),
    }
    record(verb=CEILING_SET, subject=Role(role).label, detail=detail, by=approved_by, at=at)
    return made


@transactional
def set_limit(
    *,
    user: User,
    capability: str,
    amount: Money | None,
    currency: str,
    reason: str,
    approved_by: Any,
    by: Any,
    at: datetime,
) -> UserLimit:
    """Write the limit down. Only ever called by an approved request."""
    check_limit(user=user, capability=capability, amount=amount, at=at)
    made = UserLimit.objects.create(
        user=user, **_row(capability, amount, currency, reason, approved_by=approved_by, by=by, at=at)
    )
    detail = {
        "what": words(capability),
        "a day": str(amount if amount is not None else "no limit"),
        "asked by": str(by),
    }
    record(verb=LIMIT_SET, subject=user.email, detail=detail, by=approved_by, at=at)
    return made


def _row(
    capability: str, amount: Money | None, currency: str, reason: str, *, approved_by: Any, by: Any, at: datetime
) -> dict[str, Any]:
    return {
        "capability": capability,
        "amount_minor": amount.minor if amount is not None else None,
        "currency": currency,
        "effective_from": at.date(),
        "reason": reason,
        "asked_by": by,
        "approved_by": approved_by,
        "at": at,
    }
