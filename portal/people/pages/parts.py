"""The parts of a registration as pages: which forms each has, what they show at first, and which service saves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.fields import use_currency
from portal.documents.uploaded import Upload
from portal.documents.uploads import receive
from portal.institution.models import Branch
from portal.institution.queries import profile
from portal.people import services
from portal.people.models import Address, Customer
from portal.people.pages import forms
from portal.people.queries import Candidate, missing_parts, subject_of

Saver = Callable[[Customer, dict[str, Form], str, Any, datetime], object]
"""(customer, the part's valid forms, reason, by, at)"""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its forms by prefix (the first has none), what they show at first, and how they are saved."""

    forms: dict[str, type[Form]]
    initial: Callable[[Customer], dict[str, dict[str, Any]]]
    save: Saver
    hint: str = ""


def forms_of(part: Part, request: HttpRequest, customer: Customer | None, *, lead: str = "") -> dict[str, Form]:
    """The part's forms: as sent, or as the record stands. `lead` keeps several parts apart on one page."""
    sent = request.method == "POST"
    initial = part.initial(customer) if customer is not None else {}
    made = {}
    for prefix, kind in part.forms.items():
        data, files = (request.POST, request.FILES) if sent else (None, None)
        whole = "-".join(word for word in (lead, prefix) if word)
        made[prefix] = kind(data, files, prefix=whole or None, initial=initial.get(prefix))
        _tell_currency(made[prefix])
    return made


@transactional
def save_parts(
    customer: Customer, sent: Mapping[str, dict[str, Form]], *, reason: str = "", by: Any, at: datetime
) -> None:
    """Save parts whose forms are valid, all or none."""
    for name, forms_sent in sent.items():
        PARTS[name].save(customer, forms_sent, reason, by, at)


@transactional
def take_down(
    sent: Mapping[str, dict[str, Form]], *, branch: Branch, joined_on: date, by: Any, at: datetime
) -> Customer:
    """A new customer with every part said at the counter; handed in at once when nothing is missing."""
    about = sent["about"][""].cleaned_data
    full_name = f"{about['given_name']} {about['family_name']}"
    new = services.NewCustomer(full_name=full_name, branch=branch, joined_on=joined_on, state=Customer.State.DRAFT)
    customer = services.register_customer(customer=new, by=by, at=at)
    pictures = sent["photo"][""].cleaned_data
    said = {name: forms for name, forms in sent.items() if name != "photo" or any(pictures.values())}
    save_parts(customer, said, by=by, at=at)
    customer.refresh_from_db()
    if not missing_parts(customer):
        services.submit(customer=customer, by=by, at=at)
    return customer


def candidate_in(sent: Mapping[str, dict[str, Form]]) -> Candidate:
    """Whom the forms of the counter's page speak of, to be compared with everybody."""
    about, contact, identity = (sent[name][""].cleaned_data for name in ("about", "contact", "identity"))
    return Candidate(
        full_name=f"{about['given_name']} {about['family_name']}",
        birth_date=about["birth_date"],
        phones=tuple(phone for phone in (contact["phone"], contact["second_phone"]) if phone),
        identity_number=identity["number"].replace(" ", "").upper(),
    )


def _tell_currency(form: Form) -> None:
    known = profile()
    if known is not None:
        use_currency(form, known.currency)


def kept(
    customer: Customer,
    file: UploadedFile[Any] | None,
    purpose: str,
    by: Any,
    at: datetime,
    *,
    pictures_only: bool = True,
    field: str = "",
) -> Upload | None:
    """The file as it is kept for this customer; None when none was chosen. A refusal names the field."""
    if file is None:
        return None
    subject = subject_of(customer)
    body = cast(IO[bytes], file)
    try:
        return receive(file=body, subject=subject, purpose=purpose, by=by, at=at, pictures_only=pictures_only)
    except Refused as refusal:
        raise Refused(refusal.message, code=refusal.code, field=field or purpose) from refusal


def _names(customer: Customer) -> dict[str, Any]:
    """Given and family name; of a record from before they were apart, the last word is the family name."""
    given, family = customer.given_name, customer.family_name
    if not (given or family):
        given, _, family = customer.full_name.rpartition(" ")
    return {"given_name": given, "family_name": family, "birth_date": customer.birth_date, "sex": customer.sex}


def _address(customer: Customer) -> dict[str, Any]:
    found = customer.addresses.filter(kind=Address.Kind.HOME).values("line1", "line2", "town", "district", "digital")
    return dict(found.first() or {})


def _work(customer: Customer) -> dict[str, Any]:
    income = "" if customer.income is None else str(customer.income.to_decimal())
    return {
        "occupation": customer.occupation,
        "employer": customer.employer,
        "income": income,
        "income_period": customer.income_period or "month",
    }


def _identity(customer: Customer) -> dict[str, Any]:
    found = customer.identity_documents.filter(is_current=True).select_related("kind").first()
    if found is None:
        return {}
    return {
        "kind": found.kind,
        "number": found.number,
        "issued_on": found.issued_on,
        "expires_on": found.expires_on,
    }


def _kin(customer: Customer) -> dict[str, dict[str, Any]]:
    known = customer.next_of_kin.values("full_name", "relation", "phone", "share_percent")[:2]
    return {prefix: dict(one) for prefix, one in zip(("", "second"), known, strict=False)}


def _save_plain(name: str) -> Saver:
    def save(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
        values = sent[""].cleaned_data
        return services.change_details(customer=customer, part=name, values=values, reason=reason, by=by, at=at)

    return save


def _save_address(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
    values = sent[""].cleaned_data
    return services.set_address(customer=customer, kind="home", values=values, reason=reason, by=by, at=at)


def _save_work(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
    said = sent[""].cleaned_data
    income = said["income"]
    values = {
        "occupation": said["occupation"],
        "employer": said["employer"],
        "income_minor": income.minor if income is not None else None,
        "income_currency": income.currency if income is not None else "",
        "income_period": said["income_period"] if income is not None else "",
    }
    return services.change_details(customer=customer, part="work", values=values, reason=reason, by=by, at=at)


def _save_identity(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
    said = sent[""].cleaned_data
    front, back = (
        kept(customer, said[side], f"identity-{side}", by, at, pictures_only=False, field=side)
        for side in ("front", "back")
    )
    identity = services.NewIdentity(
        kind=said["kind"],
        number=said["number"],
        issued_on=said["issued_on"],
        expires_on=said["expires_on"],
        front=front,
        back=back,
    )
    return services.add_identity(customer=customer, identity=identity, reason=reason, by=by, at=at)


def _save_photo(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
    said = sent[""].cleaned_data
    found = {name: kept(customer, said[name], name, by, at) for name in ("photograph", "signature")}
    values = {name: upload for name, upload in found.items() if upload is not None}
    if not values and customer.photograph_id is None:
        raise Refused("Take or choose a photograph.", code="photograph", field="photograph")
    return services.change_details(customer=customer, part="photo", values=values, reason=reason, by=by, at=at)


def _save_kin(customer: Customer, sent: dict[str, Form], reason: str, by: Any, at: datetime) -> object:
    said = [form.cleaned_data for form in sent.values() if form.cleaned_data.get("full_name")]
    kin = [
        services.Kin(
            full_name=one["full_name"],
            relation=one["relation"],
            phone=one["phone"],
            share_percent=one["share_percent"],
        )
        for one in said
    ]
    return services.set_next_of_kin(customer=customer, kin=kin, reason=reason, by=by, at=at)


def _contact(customer: Customer) -> dict[str, Any]:
    return {"phone": customer.phone, "second_phone": customer.second_phone, "email": customer.email}


PARTS: dict[str, Part] = {
    "about": Part({"": forms.AboutForm}, lambda customer: {"": _names(customer)}, _save_plain("about")),
    "contact": Part({"": forms.ContactForm}, lambda customer: {"": _contact(customer)}, _save_plain("contact")),
    "address": Part({"": forms.AddressForm}, lambda customer: {"": _address(customer)}, _save_address),
    "work": Part({"": forms.WorkForm}, lambda customer: {"": _work(customer)}, _save_work),
    "identity": Part(
        {"": forms.IdentityForm},
        lambda customer: {"": _identity(customer)},
        _save_identity,
        hint="Lay the card flat in good light. All four corners and every word must be readable.",
    ),
    "photo": Part({"": forms.PhotoForm}, lambda customer: {}, _save_photo),
    "kin": Part(
        {"": forms.KinForm, "second": forms.SecondKinForm},
        _kin,
        _save_kin,
        hint="Who is told when something happens to you, and who is to get what you saved.",
    ),
}
