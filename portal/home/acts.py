"""What the roof asks a second person for: that a former customer is made anonymous."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.clock import now
from portal.base.errors import Refused
from portal.deposits.services import forget_notes
from portal.home.services.leaving import refuse_with_open_accounts
from portal.notifications.services import forget_told
from portal.people.models import Customer, RetentionRule, User
from portal.people.queries import forgettable_from
from portal.people.services import anonymise
from portal.people.services.anonymising import NOBODY
from portal.signin.services.forgetting import forget_person


@act(
    "anonymisation",
    title="Make a former customer anonymous",
    asks=Capability.RETENTION_MANAGE,
    capability=Capability.RETENTION_APPROVE,
)
class MakeAnonymous(Act):
    """The payload names the customer's number and the reason. The member number and the books stay."""

    def check(self, payload: Payload) -> None:
        """Refused: no such customer, one with an open account, one who has not left or whose time is not over."""
        customer = _customer(payload)
        refuse_with_open_accounts(customer)
        ripe = forgettable_from(customer, RetentionRule.DataClass.CUSTOMER)
        if ripe is None or now() < ripe or hasattr(customer, "anonymisation"):
            raise Refused("The law asks to keep this record still, or it is anonymous already.", code="retention")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        """What is forgotten, without telling the names again."""
        customer = _customer(payload)
        return [
            Difference("Name", customer.full_name, NOBODY),
            Difference("Contact, addresses, next of kin, identity, pictures", "kept", "removed"),
            Difference("What they were told, and where it was sent", "kept", "removed"),
            Difference("Accounts and movements, what they wrote to us", "kept", "kept"),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any] | None:
        """By the service of people, in the decision's transaction."""
        customer = _customer(payload)
        user = User.objects.filter(customer=customer).first()
        if user is not None:
            forget_person(user=user, email=user.email, by=by, at=at)
        forget_notes(customer=customer, by=by, at=at)
        forget_told(customer=customer, user=user, told=NOBODY, by=by, at=at)
        anonymise(customer=customer, reason=payload["reason"], by=by, approved_by=approved_by, at=at)
        return {"number": customer.number}

    def summary(self, payload: Payload) -> str:
        return f"Make the former customer {payload['number']} anonymous"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(customers=frozenset({_customer(payload).pk}))


def _customer(payload: Payload) -> Customer:
    customer = Customer.objects.filter(number=payload["number"]).first()
    if customer is None:
        raise Refused("There is no such customer.", code="not_found")
    return customer
