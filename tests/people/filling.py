"""Filling in registrations, for tests: pictures, whole drafts, decisions."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from PIL import Image

from portal.documents.uploaded import Upload
from portal.documents.uploads import receive
from portal.institution.models import Branch
from portal.people import services
from portal.people.models import Customer, IdentityKind
from portal.people.queries import subject_of
from tests.cast import NOW, TODAY

CARD = "GHA-123456789-0"
NEXT_YEAR = date(2027, 11, 21)


def picture(width: int = 60, height: int = 40, *, form: str = "JPEG", colour: str = "navy", **options: Any) -> BytesIO:
    """A picture as a camera would bring it."""
    made = BytesIO()
    Image.new("RGB", (width, height), colour).save(made, form, **options)
    made.seek(0)
    return made


def brought(customer: Customer, purpose: str, by: Any) -> Upload:
    """A picture kept for a customer."""
    return receive(file=picture(), subject=subject_of(customer), purpose=purpose, by=by, at=NOW)


def draft(branch: Branch, by: Any, *, name: tuple[str, str] = ("Adjoa", "Addo")) -> Customer:
    """Somebody who has only said their name."""
    new = services.NewCustomer(
        full_name=" ".join(name), branch=branch, joined_on=TODAY, state=Customer.State.DRAFT, email="adjoa@example.org"
    )
    return services.register_customer(customer=new, by=by, at=NOW)


def fill(customer: Customer, by: Any, *, number: str = CARD, expires_on: date = NEXT_YEAR) -> Customer:
    """Every part of a registration."""
    given, _, family = customer.full_name.rpartition(" ")
    about = {"given_name": given, "family_name": family, "birth_date": date(1992, 4, 3), "sex": "F"}
    services.change_details(customer=customer, part="about", values=about, by=by, at=NOW)
    services.change_details(customer=customer, part="contact", values={"phone": "+233244000111"}, by=by, at=NOW)
    services.change_details(customer=customer, part="work", values={"occupation": "Tailor"}, by=by, at=NOW)
    home = {"line1": "4 Palm Street", "town": "Kumasi"}
    services.set_address(customer=customer, kind="home", values=home, by=by, at=NOW)
    services.add_identity(
        customer=customer,
        identity=services.NewIdentity(
            kind=IdentityKind.objects.get(code="ghana_card"),
            number=number,
            expires_on=expires_on,
            front=brought(customer, "identity-front", by),
        ),
        by=by,
        at=NOW,
    )
    photo = {"photograph": brought(customer, "photograph", by)}
    services.change_details(customer=customer, part="photo", values=photo, by=by, at=NOW)
    kin = [services.Kin(full_name="Yaw Addo", relation="brother", share_percent=100)]
    services.set_next_of_kin(customer=customer, kin=kin, by=by, at=NOW)
    customer.refresh_from_db()
    return customer


def submitted(branch: Branch, by: Any, **options: Any) -> Customer:
    """A registration taken down and handed in by one person."""
    customer = fill(draft(branch, by), by, **options)
    services.submit(customer=customer, by=by, at=NOW)
    customer.refresh_from_db()
    return customer


def verified(branch: Branch, by: Any, checker: Any, **options: Any) -> Customer:
    """And verified by another."""
    customer = submitted(branch, by, **options)
    services.verify(customer=customer, origin="https://bank.example", by=checker, at=NOW)
    customer.refresh_from_db()
    return customer
