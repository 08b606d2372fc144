"""Money that makes good what a complaint was about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.queries import account_by_number, funds_of
from portal.support import services
from portal.support.models import Complaint


@act(
    services.REDRESS,
    title="Redress for a complaint",
    asks=Capability.COMPLAINT_SETTLE,
    capability=Capability.REDRESS_APPROVE,
)
class RedressAct(Act):
    """The payload: `ticket` (id), `account` (number), `amount_minor`, `currency`, `reason`, `key`."""

    has_amount = True

    def check(self, payload: Payload) -> None:
        services.check_redress(**_asked(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        asked = _asked(payload)
        before = funds_of(asked["account"]).booked
        return [Difference(f"Balance of {asked['account'].number}", before, before + asked["amount"])]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        made = services.pay_redress(**_asked(payload), key=payload["key"], approved_by=approved_by, by=by, at=at)
        return {"redress": made.pk, "reference": made.reference}

    def summary(self, payload: Payload) -> str:
        asked = _asked(payload)
        ticket = asked["complaint"].ticket
        return f"{asked['amount']} to {ticket.customer.full_name} …{asked['account'].last_four}, {ticket.number}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(customers=frozenset({_asked(payload)["account"].customer_id}))


def _asked(payload: Payload) -> dict[str, Any]:
    complaint = Complaint.objects.select_related("ticket__customer", "ticket__branch").filter(ticket=payload["ticket"])
    found, account = complaint.first(), account_by_number(payload["account"])
    if found is None or account is None:
        raise Refused("The complaint or the account is not there any more.", code="gone")
    amount = Money(payload["amount_minor"], payload["currency"])
    return {"complaint": found, "account": account, "amount": amount, "reason": payload["reason"]}
