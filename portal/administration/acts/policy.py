"""Other rules of signing in: asked for by an administrator, approved by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.administration.services.policies import LARGE_TRANSFER, POLICY, policy_of
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.signin.queries import large_transfer_from, policy_in_force
from portal.signin.services import check_policy, set_large_transfer, set_policy

LABELS = {
    "idle_minutes": "Minutes without activity",
    "longest_hours": "Hours a session lasts at most",
    "password_alone": "Shortest password alone",
    "password_with_factor": "Shortest password beside a second factor",
    "approval_hours": "Hours a request waits",
    "passkey_roles": "Must have a passkey",
    "tells_every_sign_in": "Mail about signing in",
}


def said(rules: Policy, name: str) -> str:
    """One of the rules as people read it."""
    value = getattr(rules, name)
    if name == "passkey_roles":
        return ", ".join(role.label for role in Role if role in value)
    if name == "tells_every_sign_in":
        return "each time" if value else "when the device is new"
    return str(value)


@act(POLICY, title="Rules of signing in", asks=Capability.POLICY_MANAGE, capability=Capability.POLICY_APPROVE)
class PolicyAct(Act):
    """The payload: every rule by its name, and `reason`."""

    def check(self, payload: Payload) -> None:
        wanted = policy_of(payload)
        check_policy(wanted)
        if wanted == policy_in_force():
            raise Refused("These are the rules already.", code="same")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        present, wanted = policy_in_force(), policy_of(payload)
        found = [Difference(label, said(present, name), said(wanted, name)) for name, label in LABELS.items()]
        return [each for each in found if each.before != each.after]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        wanted = policy_of(payload)
        made = set_policy(wanted=wanted, reason=payload["reason"], approved_by=approved_by, by=by, at=at)
        return {"policy": made.pk}


@act(
    LARGE_TRANSFER,
    title="From where on a transfer is large",
    asks=Capability.POLICY_MANAGE,
    capability=Capability.POLICY_APPROVE,
)
class LargeTransferAct(Act):
    """The payload: `amount` in minor units, `currency`, `reason`."""

    def check(self, payload: Payload) -> None:
        if payload["amount"] <= 0:
            raise Refused("The amount must be more than 0.", code="not_positive", field="amount")
        if large_transfer_from(payload["currency"]) == _amount(payload):
            raise Refused("That is the amount already.", code="same", field="amount")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        before = large_transfer_from(payload["currency"])
        return [Difference("Transfers ask again who one is, from", before, _amount(payload))]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        return {"large_transfer": set_large_transfer(amount=_amount(payload), by=by, at=at).pk}

    def summary(self, payload: Payload) -> str:
        return f"Transfers ask again from {_amount(payload)}"


def _amount(payload: Payload) -> Money:
    return Money(payload["amount"], payload["currency"])
