"""Further branches and what is known of them: asked for by one person, approved by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.administration.services.branches import (
    CHANGE,
    OPENING,
    carry_out_opening,
    change_branch,
    check_change,
    check_opening,
    facts_of,
    known_of,
)
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.institution.models import Branch

LABELS = {"name": "Name", "address": "Address", "phone": "Telephone", "opening_hours": "Opening hours"}


@act(OPENING, title="A further branch", asks=Capability.BRANCH_MANAGE, capability=Capability.BRANCH_APPROVE)
class BranchOpening(Act):
    """The payload: `code` and what the branch is known by."""

    def check(self, payload: Payload) -> None:
        check_opening(code=payload["code"], facts=facts_of(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        known = asdict(facts_of(payload))
        found = [Difference(label, "", known[name]) for name, label in LABELS.items() if known[name]]
        return [Difference("Code", "", payload["code"]), *found]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        return {"branch": carry_out_opening(payload=payload, by=by, at=at).pk}

    def summary(self, payload: Payload) -> str:
        return f"Branch {payload['code']}: {payload['name']}"


@act(CHANGE, title="Change of a branch", asks=Capability.BRANCH_MANAGE, capability=Capability.BRANCH_APPROVE)
class BranchChange(Act):
    """The payload: `branch` (id) and what it shall be known by."""

    def check(self, payload: Payload) -> None:
        check_change(branch=_branch(payload), facts=facts_of(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        before, after = asdict(known_of(_branch(payload))), asdict(facts_of(payload))
        found = [Difference(label, before[name], after[name]) for name, label in LABELS.items()]
        return [each for each in found if each.before != each.after]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        return {"branch": change_branch(branch=_branch(payload), facts=facts_of(payload), by=by, at=at).pk}

    def summary(self, payload: Payload) -> str:
        return f"Branch {_branch(payload)}"


def _branch(payload: Payload) -> Branch:
    found = Branch.objects.filter(pk=payload["branch"]).first()
    if found is None:
        raise Refused("There is no such branch.", code="no_branch")
    return found
