"""Who acts for a customer, which branch is theirs, and how they leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.people.models import BranchTransfer, Customer, CustomerClosure, Mandate

State = Customer.State


@transactional
def add_mandate(
    *,
    customer: Customer,
    full_name: str,
    relation: str,
    phone: str = "",
    photograph: Upload | None = None,
    signature: Upload | None = None,
    valid_until: date | None = None,
    by: Any,
    at: datetime,
) -> Mandate:
    """Let somebody act for a customer at the counter. Refused: a customer who left, a day that is over, no photograph."""
    _held(customer)
    if photograph is None:
        raise Refused("The counter knows this person by a photograph. Take one.", code="photograph", field="photograph")
    if valid_until is not None and valid_until <= at.date():
        raise Refused("The mandate must last beyond today.", code="valid_until", field="valid_until")
    return Mandate.objects.create(
        customer=customer,
        full_name=" ".join(full_name.split()),
        relation=relation,
        phone=phone,
        photograph=photograph,
        signature=signature,
        valid_until=valid_until,
        added_by=by,
        added_at=at,
    )


@transactional
def end_mandate(*, mandate: Mandate, reason: str, by: Any, at: datetime) -> Mandate:
    """End a mandate from now on. Refused: without a reason; one that ended already."""
    held = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if held.ended_at is not None:
        raise Refused("This mandate has ended already.", code="ended")
    if not reason.strip():
        raise Refused("Say why it ends.", code="reason", field="reason")
    held.ended_by, held.ended_at, held.end_reason = by, at, reason.strip()
    held.save(update_fields=["ended_by", "ended_at", "end_reason"])
    return held


@transactional
def set_mandate_rule(*, customer: Customer, rule: str, by: Any, at: datetime) -> Customer:
    """Whether any one of those with a mandate may act, or all together. The trail keeps who changed it."""
    held = _held(customer)
    held.mandate_rule = Customer.MandateRule(rule)
    held.save(update_fields=["mandate_rule"])
    return held


@transactional
def transfer_customer(*, customer: Customer, to: Branch, reason: str, by: Any, at: datetime) -> BranchTransfer:
    """Make another branch a customer's home. Accounts keep their numbers and stay in the books of their branch.

    Refused: without a reason, the same branch, a customer who left.
    """
    held = _held(customer)
    if not reason.strip():
        raise Refused("Say why the customer changes branch.", code="reason", field="reason")
    if to.pk == held.branch_id:
        raise Refused(f"{to.name} is this customer's branch already.", code="same", field="branch")
    made = BranchTransfer.objects.create(
        customer=held, from_branch=held.branch, to_branch=to, reason=reason.strip(), by=by, at=at
    )
    held.branch = to
    held.save(update_fields=["branch"])
    return made


@transactional
def close_customer(*, customer: Customer, reason: str, by: Any, at: datetime) -> CustomerClosure:
    """Write down that a customer has left. Whoever calls has made sure that no account is open.

    Refused: without a reason, twice. Mandates end with it.
    """
    held = _held(customer)
    if not reason.strip():
        raise Refused("Say why the customer leaves.", code="reason", field="reason")
    for mandate in held.mandates.filter(ended_at=None):
        end_mandate(mandate=mandate, reason="The customer has left.", by=by, at=at)
    made = CustomerClosure.objects.create(customer=held, reason=reason.strip(), by=by, at=at)
    held.state = State.CLOSED
    held.save(update_fields=["state"])
    return made


def _held(customer: Customer) -> Customer:
    held = Customer.objects.select_for_update(of=("self",)).select_related("branch").get(pk=customer.pk)
    if held.state == State.CLOSED:
        raise Refused("This customer has left.", code="closed")
    return held
