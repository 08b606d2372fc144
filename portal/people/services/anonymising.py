"""Forgetting who a former customer was, once the law of the books allows it. What happened to the money stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.documents.uploads import remove, uploads_of
from portal.people.models import Anonymisation, Customer, CustomerClosure, IdentityDocument, RetentionRule, User
from portal.people.queries.retention import abandoned_drafts, forgettable_from, subject_of

NOBODY = "Former member"
MOST_AT_ONCE = 50


@transactional
def anonymise(*, customer: Customer, reason: str, by: Any, approved_by: Any, at: datetime) -> Anonymisation:
    """Replace everything that tells who a former customer was by neutral values, and remove their files for good.

    Refused: no reason, the same person twice, a customer who has not left, a retention period that still runs, done
    already. Whoever calls has made sure that no account is open. The number stays, since the books name it.
    """
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if approved_by.pk == by.pk:
        raise Refused("A second person must approve this.", code="own")
    if not reason.strip():
        raise Refused("Say who asked for it, and why.", code="reason", field="reason")
    if Anonymisation.objects.filter(customer=held).exists():
        raise Refused("This customer is anonymous already.", code="done")
    ripe = forgettable_from(held, RetentionRule.DataClass.CUSTOMER)
    if ripe is None or at < ripe:
        raise Refused("The law asks to keep this record still.", code="retention")
    _forget(held, by=by, at=at)
    return Anonymisation.objects.create(
        customer=held, reason=reason.strip(), asked_by=by, approved_by=approved_by, at=at
    )


def forget_drafts(*, at: datetime) -> int:
    """The daily worker's part: registrations never handed in whose time is over are forgotten; how many. Twice is as once."""
    return sum(_forget_draft(customer, at) for customer in abandoned_drafts(at)[:MOST_AT_ONCE])


@transactional
def _forget_draft(customer: Customer, at: datetime) -> bool:
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if held.state != Customer.State.DRAFT:
        return False
    _forget(held, by=None, at=at)
    CustomerClosure.objects.create(customer=held, reason="The registration was never handed in.", by=None, at=at)
    held.state = Customer.State.CLOSED
    held.save(update_fields=["state"])
    return True


def _forget(customer: Customer, *, by: Any, at: datetime) -> None:
    remove(uploads=uploads_of(subject_of(customer)), by=by, at=at)
    customer.addresses.all().delete()
    customer.next_of_kin.all().delete()
    for change in customer.details_changes.exclude(changes={}):
        change.changes = {}
        change.save(update_fields=["changes"])
    blank = {"number_encrypted": "", "number_hash": "", "number_end": "", "front": None, "back": None}
    IdentityDocument.objects.filter(customer=customer).update(**blank, issued_on=None, expires_on=None)
    customer.mandates.update(full_name=NOBODY, relation="", phone="", photograph=None, signature=None)
    _blank(customer)
    user = User.objects.filter(customer=customer).first()
    if user is not None:
        user.full_name, user.email, user.is_active = NOBODY, f"former-{customer.number}@invalid.invalid", False
        user.set_unusable_password()
        user.save(update_fields=["full_name", "email", "is_active", "password"])


def _blank(customer: Customer) -> None:
    for name in ("given_name", "family_name", "sex", "phone", "second_phone", "email", "address", "occupation"):
        setattr(customer, name, "")
    customer.full_name = NOBODY
    customer.employer = customer.income_currency = customer.income_period = ""
    customer.birth_date = customer.income_minor = customer.photograph = customer.signature = None
    customer.save()
