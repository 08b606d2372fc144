"""Acts of this room that need a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.administration.queries import ROLE_CHANGE
from portal.administration.services import change_role, check_role_change
from portal.administration.services.bounds import (
    CEILING,
    LIMIT,
    check_ceiling,
    check_limit,
    set_ceiling,
    set_limit,
)
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.approvals.limits import ceiling_of, limit_of, words
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money
from portal.institution.models import Branch
from portal.people.models import User


@act(ROLE_CHANGE, title="Change of role or branch", asks=Capability.USER_MANAGE, capability=Capability.USER_APPROVE)
class RoleChangeAct(Act):
    """The payload: `user` (id), `role`, `branch` (id or null)."""

    def check(self, payload: Payload) -> None:
        check_role_change(user=_user(payload), role=payload["role"], branch=_branch(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        user, role, branch = _user(payload), Role(payload["role"]), _branch(payload)
        found = [Difference("Role", user.get_role_display(), role.label), Difference("Branch", user.branch, branch)]
        return [each for each in found if each.before != each.after]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        change = change_role(
            user=_user(payload),
            role=payload["role"],
            branch=_branch(payload),
            reason=payload.get("reason", ""),
            approved_by=approved_by,
            by=by,
            at=at,
        )
        return {"role_change": change.pk}

    def summary(self, payload: Payload) -> str:
        place = Role(payload["role"]).label
        branch = _branch(payload)
        return f"{_user(payload)}: {place}, {branch}" if branch else f"{_user(payload)}: {place}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(users=frozenset({payload["user"]}))


@act(CEILING, title="Change of a ceiling", asks=Capability.LIMIT_MANAGE, capability=Capability.LIMIT_APPROVE)
class CeilingAct(Act):
    """The payload: `role`, `capability`, `amount` (minor units or null), `currency`, `reason`."""

    def check(self, payload: Payload) -> None:
        check_ceiling(role=payload["role"], capability=payload["capability"], amount=_amount(payload), at=now())

    def diff(self, payload: Payload) -> Sequence[Difference]:
        present = ceiling_of(payload["role"], Capability(payload["capability"]), on=now().date())
        return [
            Difference(
                words(payload["capability"]), _said(present, "no ceiling"), _said(_amount(payload), "no ceiling")
            )
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        wanted = {name: payload[name] for name in ("role", "capability", "currency", "reason")}
        made = set_ceiling(**wanted, amount=_amount(payload), approved_by=approved_by, by=by, at=at)
        return {"ceiling": made.pk}

    def summary(self, payload: Payload) -> str:
        return f"{Role(payload['role']).label}: ceiling {_said(_amount(payload), 'lifted')}"


@act(LIMIT, title="Change of a daily limit", asks=Capability.LIMIT_MANAGE, capability=Capability.LIMIT_APPROVE)
class LimitAct(Act):
    """The payload: `user` (id), `capability`, `amount` (minor units or null), `currency`, `reason`."""

    def check(self, payload: Payload) -> None:
        check_limit(user=_user(payload), capability=payload["capability"], amount=_amount(payload), at=now())

    def diff(self, payload: Payload) -> Sequence[Difference]:
        present = limit_of(_user(payload), Capability(payload["capability"]), on=now().date())
        return [
            Difference(words(payload["capability"]), _said(present, "no limit"), _said(_amount(payload), "no limit"))
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        wanted = {name: payload[name] for name in ("capability", "currency", "reason")}
        made = set_limit(user=_user(payload), **wanted, amount=_amount(payload), approved_by=approved_by, by=by, at=at)
        return {"limit": made.pk}

    def summary(self, payload: Payload) -> str:
        return f"{_user(payload)}: daily limit {_said(_amount(payload), 'lifted')}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(users=frozenset({payload["user"]}))


def _said(amount: Money | None, none: str) -> str:
    """An amount in words; an amount of nothing is an amount."""
    return none if amount is None else str(amount)


def _amount(payload: Payload) -> Money | None:
    return None if payload["amount"] is None else Money(payload["amount"], payload["currency"])


def _user(payload: Payload) -> User:
    found = User.objects.select_related("branch").filter(pk=payload["user"]).first()
    if found is None:
        raise Refused("There is no such person any more.", code="nobody")
    return found


def _branch(payload: Payload) -> Branch | None:
    return Branch.objects.filter(pk=payload["branch"]).first() if payload["branch"] else None
