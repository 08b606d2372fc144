"""Saying who a customer is, part by part. The same services serve the customer, the counter and a later correction.

Before a registration is handed in, its parts may be changed freely by whoever fills it in. Afterwards only staff change
them, each time with a reason and a row that shows before and after; and a change of what was verified (name, birth,
identity, photograph) hands the record in again, so that another person looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.access.roles import Role
from portal.base.crypto import encrypt, keyed_hash
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.documents.uploaded import Upload
from portal.people.models import (
    Address,
    Customer,
    DetailsChange,
    IdentityDocument,
    IdentityKind,
    KycSubmission,
    NextOfKin,
)

State = Customer.State
OPEN = frozenset({State.DRAFT, State.REJECTED})
"""States in which a registration is still being filled in."""
OLDEST_YEARS = 120

_ALLOWED = {
    "about": ("given_name", "family_name", "birth_date", "sex"),
    "contact": ("phone", "second_phone", "email"),
    "work": ("occupation", "employer", "income_minor", "income_currency", "income_period"),
    "photo": ("photograph", "signature"),
}
"""What each part may write; anything else in the values is a mistake in the program."""
_VERIFIED_PARTS = frozenset({"about", "identity", "photo"})
_LABELS = {"income_minor": "Income", "income_currency": "Income", "photograph": "Photograph", "sex": "Sex"}
CORRECTION = "Corrected by staff: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """An identity document as somebody reads it off the card. Without new scans those of the same number are kept."""

    kind: IdentityKind
    number: str
    issued_on: date | None = None
    expires_on: date | None = None
    front: Upload | None = None
    back: Upload | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """One next of kin. The shares of all together are at most 100 per cent."""

    full_name: str
    relation: str
    share_percent: int
    phone: str = ""


@transactional
def change_details(
    *, customer: Customer, part: str, values: Mapping[str, Any], reason: str = "", by: Any, at: datetime
) -> Customer:
    """Write one part (`about`, `contact`, `work`, `photo`) of what is known of a customer.

    Refused: somebody else's record, one that the customer has handed in, a change without a reason, an impossible birth date.
    """
    unknown = set(values) - set(_ALLOWED[part])
    if unknown:
        raise ValueError(f"{part} does not write {sorted(unknown)}")
    held = hold_for_change(customer, reason=reason, by=by)
    _check_birth_date(values.get("birth_date"), at)
    before = {name: getattr(held, name) for name in values}
    for name, value in values.items():
        setattr(held, name, value)
    if part == "about":
        held.full_name = f"{held.given_name} {held.family_name}".strip()
        before["full_name"] = customer.full_name
    held.save()
    after = {name: getattr(held, name) for name in before}
    note_change(held, part, _pairs(before, after), reason=reason, by=by, at=at)
    return held


@transactional
def set_address(
    *, customer: Customer, kind: str, values: Mapping[str, str], reason: str = "", by: Any, at: datetime
) -> Address:
    """Write a customer's address of one kind; the home address also stands on the record in one line."""
    held = hold_for_change(customer, reason=reason, by=by)
    old = held.addresses.filter(kind=kind).first()
    address, _ = Address.objects.update_or_create(customer=held, kind=kind, defaults=dict(values))
    if kind == Address.Kind.HOME:
        held.address = str(address)[:200]
        held.save(update_fields=["address"])
    pairs = {address.get_kind_display() + " address": (_full(old), _full(address))}
    note_change(held, "address", pairs, reason=reason, by=by, at=at)
    return address


@transactional
def set_next_of_kin(
    *, customer: Customer, kin: Sequence[Kin], reason: str = "", by: Any, at: datetime
) -> list[NextOfKin]:
    """Replace a customer's next of kin. Refuses shares above 100 per cent together."""
    if sum(one.share_percent for one in kin) > 100:
        raise Refused("The shares come to more than 100 per cent together.", code="shares")
    held = hold_for_change(customer, reason=reason, by=by)
    before = "; ".join(f"{one} {one.share_percent} %" for one in held.next_of_kin.all())
    held.next_of_kin.all().delete()
    made = NextOfKin.objects.bulk_create(
        NextOfKin(
            customer=held,
            full_name=one.full_name,
            relation=one.relation,
            phone=one.phone,
            share_percent=one.share_percent,
        )
        for one in kin
    )
    after = "; ".join(f"{one} {one.share_percent} %" for one in made)
    note_change(held, "kin", {"Next of kin": (before, after)}, reason=reason, by=by, at=at)
    return made


@transactional
def add_identity(
    *, customer: Customer, identity: NewIdentity, reason: str = "", by: Any, at: datetime
) -> IdentityDocument:
    """Take up an identity document, which takes the place of the one before.

    Refused: a number that its kind does not have, a document that has expired or was issued in the future.
    """
    number = tidy_number(identity.number)
    _check_identity(identity, number, at)
    held = hold_for_change(customer, reason=reason, by=by)
    old = held.identity_documents.filter(is_current=True).first()
    hashed = keyed_hash(number)
    same = old if old is not None and old.number == number else None
    held.identity_documents.filter(is_current=True).update(is_current=False)
    made = IdentityDocument.objects.create(
        customer=held,
        kind=identity.kind,
        number_encrypted=encrypt(number),
        number_hash=hashed,
        number_end=number[-4:],
        issued_on=identity.issued_on,
        expires_on=identity.expires_on,
        front=identity.front or (same.front if same else None),
        back=identity.back or (same.back if same else None),
        added_by=by,
        added_at=at,
    )
    note_change(held, "identity", {"Identity document": (_paper(old), _paper(made))}, reason=reason, by=by, at=at)
    return made


def hold_for_change(customer: Customer, *, reason: str, by: Any) -> Customer:
    """The customer's row, locked, if `by` may change it now; else refused."""
    held = Customer.objects.select_for_update(of=("self",)).select_related("branch").get(pk=customer.pk)
    if by is not None and by.role == Role.CUSTOMER and by.customer_id != held.pk:
        raise Refused("This is somebody else's registration.", code="not_yours")
    if held.state == State.CLOSED:
        raise Refused("This customer has left; the record is not changed any more.", code="closed")
    if held.state in OPEN:
        return held
    if by is not None and by.role == Role.CUSTOMER:
        raise Refused("Your registration is handed in. To change it, bring your card to a branch.", code="handed_in")
    if not reason.strip():
        raise Refused("Say why this is changed.", code="reason", field="reason")
    return held


def note_change(
    customer: Customer, part: str, pairs: Mapping[str, tuple[str, str]], *, reason: str, by: Any, at: datetime
) -> None:
    """Write down a correction of a record that was handed in; hand it in again when it touches what was verified."""
    changed = {label: pair for label, pair in pairs.items() if pair[0] != pair[1]}
    if not changed or customer.state in OPEN:
        return
    DetailsChange.objects.create(customer=customer, part=part, changes=changed, reason=reason.strip(), by=by, at=at)
    if part in _VERIFIED_PARTS and customer.state != State.SUBMITTED:
        declaration = CORRECTION.format(reason=reason.strip())[:300]
        KycSubmission.objects.create(customer=customer, declaration=declaration, submitted_by=by, submitted_at=at)
        customer.state = State.SUBMITTED
        customer.save(update_fields=["state"])


def tidy_number(text: str) -> str:
    """An identity number as its card shows it: capitals, no spaces."""
    return re.sub(r"\s+", "", text).upper()


def _check_identity(identity: NewIdentity, number: str, at: datetime) -> None:
    kind = identity.kind
    if kind.pattern and not re.fullmatch(kind.pattern, number):
        raise Refused(f"A {kind.name} has a number like {kind.example}.", code="number", field="number")
    if kind.expires and identity.expires_on is None:
        raise Refused("Enter the day on which the document expires.", code="expires_on", field="expires_on")
    if identity.expires_on is not None and identity.expires_on <= at.date():
        raise Refused("This document has expired. Bring one that is valid.", code="expired", field="expires_on")
    if identity.issued_on is not None and identity.issued_on > at.date():
        raise Refused("The day of issue is in the future.", code="issued_on", field="issued_on")
    if identity.issued_on and identity.expires_on and identity.expires_on <= identity.issued_on:
        raise Refused("It expires before it was issued.", code="expires_on", field="expires_on")


def _check_birth_date(born: date | None, at: datetime) -> None:
    if born is not None and not at.year - OLDEST_YEARS <= born.year <= at.year:
        raise Refused("Check the year of birth.", code="birth_date", field="birth_date")
    if born is not None and born >= at.date():
        raise Refused("The birth date must be in the past.", code="birth_date", field="birth_date")


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What is shown of a change. Of a picture only that it changed."""
    return {_label(name): (_shown(before[name]), _shown(after[name])) for name in before}


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _shown(value: Any) -> str:
    if isinstance(value, Upload):
        return f"picture of {value.added_at:%d %b %Y %H:%M:%S}"
    return "" if value is None else str(value)


def _paper(document: IdentityDocument | None) -> str:
    """A document as its change shows it. With other photos it is another one, even when all that is printed is the same."""
    if document is None:
        return ""
    until = f", valid until {document.expires_on:%d %b %Y}" if document.expires_on else ""
    return f"{document}{until}, shown {document.added_at:%d %b %Y %H:%M:%S}"


def _full(address: Address | None) -> str:
    if address is None:
        return ""
    return ", ".join(part for part in (str(address), address.district, address.digital) if part)
