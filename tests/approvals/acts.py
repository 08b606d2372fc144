"""An act for the tests: give a branch another telephone number. Three people must agree above GHS 1,000.00."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.errors import Refused
from portal.base.money import Money
from portal.institution.models import Branch
from tests.cast import NOW, Cast

NAME = "test_telephone"


@act(NAME, title="Change of telephone", capability=Capability.APPROVAL_DECIDE)
class Telephone(Act):
    """The payload: `branch` (id), `phone`, and whom it is about (`users`, `customers`)."""

    def check(self, payload: Payload) -> None:
        if payload["phone"] == Branch.objects.get(pk=payload["branch"]).phone:
            raise Refused("The branch has this number already.", code="same")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        return [Difference("Telephone", Branch.objects.get(pk=payload["branch"]).phone, payload["phone"])]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        Branch.objects.filter(pk=payload["branch"]).update(phone=payload["phone"])
        return {"by": by.email, "approved_by": approved_by.email}

    def summary(self, payload: Payload) -> str:
        return f"Telephone {payload['phone']}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(frozenset(payload.get("users", ())), frozenset(payload.get("customers", ())))

    def decisions_needed(self, amount: Money | None) -> int:
        return 2 if amount and amount.minor > 100_000 else 1


def asked(cast: Cast, phone: str = "+233302000001", **options: Any) -> Request:
    """The cashier of North asks for another telephone number of North; `payload` adds to it."""
    branch = options.get("branch", cast.north)
    payload = {"branch": branch.pk, "phone": phone} | options.pop("payload", {})
    defaults: dict[str, Any] = {"branch": branch, "reason": "The old line is dead.", "by": cast.cashier, "at": NOW}
    return ask(act=NAME, payload=payload, subject="North", **(defaults | options))
