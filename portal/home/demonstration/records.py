"""What is known of the made-up members: homes, papers, faces, next of kin, how they were verified, how risky they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from portal.access.roles import Role
from portal.base.crypto import encrypt, keyed_hash
from portal.documents.uploads import keep
from portal.home.demonstration.chance import chance
from portal.home.demonstration.faces import VARIANTS, card, face, signature
from portal.home.demonstration.members import AMA, KOFI, Life, Member
from portal.home.demonstration.words import TOWNS
from portal.institution.models import Branch
from portal.people.models import (
    Address,
    Customer,
    IdentityDocument,
    IdentityKind,
    KycDecision,
    KycSubmission,
    Mandate,
    NextOfKin,
    RiskProfile,
    User,
)
from portal.people.queries import subject_of
from portal.people.services import NewCustomer, register_customers
from portal.people.services.kyc import TAKEN_DOWN

BATCH = 2000
_RELATIONS = ("sister", "brother", "daughter", "son", "mother", "husband", "wife", "cousin")
_SHARE_WITH_SIGNATURE = 4
_FIRST_WAITING = 199_001
_WAITING = (
    ("01", "Akosua Bonsu"),
    ("01", "Emmanuel Frimpong"),
    ("01", "Hawa Seidu"),
    ("02", "Naa Korkor Lartey"),
    ("02", "Bright Odoi"),
    ("03", "Edem Kpodo"),
)
"""Handed in and waiting for a manager."""


@dataclass(frozen=True, slots=True)
class Clerks:
    """Who takes registrations down in a branch, and who verifies them."""

    cashier: User
    manager: User


def clerks_of(staff: Iterable[User]) -> dict[str, Clerks]:
    """The first cashier and the manager of each branch, by its code."""
    known: dict[tuple[str, str], User] = {}
    for user in staff:
        if user.branch is not None:
            known.setdefault((user.branch.code, user.role), user)
    codes = {code for code, _ in known}
    return {code: Clerks(known[code, Role.CASHIER], known[code, Role.MANAGER]) for code in codes}


def write_down(
    members: Sequence[Member], customers: Sequence[Customer], clerks: Mapping[str, Clerks], *, seed: int, today: date
) -> None:
    """Everything about members who were just taken up, in a few statements."""
    kinds = list(IdentityKind.objects.filter(is_taken=True))
    pairs = list(zip(members, customers, strict=True))
    rngs = {member.number: chance(seed, member.number, "record") for member in members}
    Address.objects.bulk_create((_address(member, customer) for member, customer in pairs), batch_size=BATCH)
    IdentityDocument.objects.bulk_create(
        (_paper(customer, kinds, rngs[member.number], clerks, today) for member, customer in pairs), batch_size=BATCH
    )
    NextOfKin.objects.bulk_create((_kin(customer, rngs[member.number]) for member, customer in pairs), batch_size=BATCH)
    RiskProfile.objects.bulk_create(
        (_risk(member, customer, rngs[member.number], clerks, today) for member, customer in pairs), batch_size=BATCH
    )
    _verify(customers, clerks)
    _picture(customers, clerks, seed, today)
    _let_act(customers, clerks, today)


def let_wait(branches: Mapping[str, Branch], clerks: Mapping[str, Clerks], *, today: date) -> list[Customer]:
    """A handful of registrations that wait to be verified, whole with their papers."""
    handed_in = _morning(today - timedelta(days=1))
    new = [
        NewCustomer(
            number=str(_FIRST_WAITING + place),
            full_name=name,
            branch=branches[code],
            joined_on=today,
            birth_date=date(1988 + place, 2 + place, 3 + place),
            phone=f"+23324{7000100 + place}",
            occupation="Trader",
            address=f"{place + 3} Market Street, {TOWNS[code].town}",
            state=Customer.State.SUBMITTED,
        )
        for place, (code, name) in enumerate(_WAITING)
    ]
    made = register_customers(customers=new, by=None, at=handed_in)
    kind = IdentityKind.objects.get(code="ghana_card")
    fronts = keep(
        files=[(card(kind.name), subject_of(one)) for one in made],
        purpose="identity-front",
        by=None,
        at=handed_in,
    )
    for place, (customer, front) in enumerate(zip(made, fronts, strict=True)):
        clerk = clerks[customer.branch.code].cashier
        customer.given_name, _, customer.family_name = customer.full_name.rpartition(" ")
        number = f"GHA-7{place:08d}-{place}"
        IdentityDocument.objects.create(
            customer=customer,
            kind=kind,
            number_encrypted=encrypt(number),
            number_hash=keyed_hash(number),
            number_end=number[-4:],
            expires_on=today + timedelta(days=900),
            front=front,
            added_by=clerk,
            added_at=handed_in,
        )
        KycSubmission.objects.create(
            customer=customer, declaration=TAKEN_DOWN, submitted_by=clerk, submitted_at=handed_in
        )
    Address.objects.bulk_create(
        Address(customer=one, line1=one.address.partition(",")[0], town=TOWNS[one.branch.code].town) for one in made
    )
    NextOfKin.objects.bulk_create(_kin(one, chance(0, one.number)) for one in made)
    _picture(made, clerks, 0, today)
    return made


def _address(member: Member, customer: Customer) -> Address:
    line1, _, rest = member.address.partition(", ")
    quarter, _, town = rest.rpartition(", ")
    letters = {"Kumasi": "AK", "Accra": "GA", "Tema": "GT"}.get(town, "GA")
    digital = f"{letters}-{int(member.number) % 900 + 100}-{int(member.number) * 7 % 9000 + 1000}"
    return Address(customer=customer, line1=line1, line2=quarter, town=town, digital=digital)


def _paper(
    customer: Customer, kinds: Sequence[IdentityKind], rng: Random, clerks: Mapping[str, Clerks], today: date
) -> IdentityDocument:
    """A made-up number. Of a hundred members three have a paper that runs out within the month."""
    kind = kinds[0] if rng.random() < 0.8 else rng.choice(kinds)
    number = _number(kind.code, rng)
    soon = rng.random() < 0.03 and customer.number not in {AMA, KOFI}
    expires_on = today + timedelta(days=rng.randrange(3, 29) if soon else rng.randrange(60, 3000))
    return IdentityDocument(
        customer=customer,
        kind=kind,
        number_encrypted=encrypt(number),
        number_hash=keyed_hash(number),
        number_end=number[-4:],
        expires_on=expires_on if kind.expires else None,
        added_by=clerks[customer.branch.code].cashier,
        added_at=_morning(customer.joined_on),
    )


def _number(code: str, rng: Random) -> str:
    if code == "ghana_card":
        return f"GHA-{rng.randrange(700_000_000, 729_999_999)}-{rng.randrange(10)}"
    if code == "passport":
        return f"G{rng.randrange(1_000_000, 9_999_999)}"
    return f"{rng.randrange(1_000_000_000, 9_999_999_999)}"


def _kin(customer: Customer, rng: Random) -> NextOfKin:
    family = customer.full_name.rpartition(" ")[2]
    given = rng.choice(("Abena", "Kwabena", "Esi", "Yaw", "Adjoa", "Kojo", "Mariama", "Selorm", "Dede", "Nii"))
    return NextOfKin(
        customer=customer,
        full_name=f"{given} {family}",
        relation=rng.choice(_RELATIONS),
        phone=f"+23320{rng.randrange(2_000_000, 9_999_999)}",
        share_percent=100,
    )


def _risk(member: Member, customer: Customer, rng: Random, clerks: Mapping[str, Clerks], today: date) -> RiskProfile:
    """Steady income scores higher; a few are risky."""
    middle = 690 if member.life in {Life.SALARIED, Life.PENSIONER} else 610
    score = min(max(int(rng.gauss(middle, 70)), 300), 850)
    category = "low" if score >= 640 else "medium" if score >= 520 else "high"
    return RiskProfile(
        customer=customer,
        score=score,
        category=category,
        reason="Judged when taken up, from income and time as a member.",
        review_on=today + timedelta(days=rng.randrange(-20, 360)),
        by=clerks[customer.branch.code].manager,
        at=_morning(customer.joined_on),
    )


def _verify(customers: Sequence[Customer], clerks: Mapping[str, Clerks]) -> None:
    """Handed in by the cashier and verified by the manager, on the day of joining."""
    submissions = KycSubmission.objects.bulk_create(
        (
            KycSubmission(
                customer=customer,
                declaration=TAKEN_DOWN,
                submitted_by=clerks[customer.branch.code].cashier,
                submitted_at=_morning(customer.joined_on),
            )
            for customer in customers
        ),
        batch_size=BATCH,
    )
    KycDecision.objects.bulk_create(
        (
            KycDecision(
                submission=submission,
                submitted_by_id=submission.submitted_by_id,
                outcome=KycDecision.Outcome.VERIFIED,
                decided_by=clerks[customer.branch.code].manager,
                decided_at=_morning(customer.joined_on) + timedelta(hours=2),
            )
            for submission, customer in zip(submissions, customers, strict=True)
        ),
        batch_size=BATCH,
    )


def _picture(customers: Sequence[Customer], clerks: Mapping[str, Clerks], seed: int, today: date) -> None:
    """A face for everybody, a signature for some; names in their two parts."""
    rng, at = chance(seed, "faces"), _morning(today)
    files = [(face(rng.randrange(VARIANTS)), subject_of(customer)) for customer in customers]
    signing = customers[::_SHARE_WITH_SIGNATURE]
    hands = [(signature(rng.randrange(VARIANTS)), subject_of(customer)) for customer in signing]
    signatures = dict(
        zip((one.pk for one in signing), keep(files=hands, purpose="signature", by=None, at=at), strict=True)
    )
    for customer, upload in zip(customers, keep(files=files, purpose="photograph", by=None, at=at), strict=True):
        customer.photograph, customer.signature = upload, signatures.get(customer.pk)
        customer.given_name, _, customer.family_name = customer.full_name.rpartition(" ")
    Customer.objects.bulk_update(
        customers, ["photograph", "signature", "given_name", "family_name"], batch_size=BATCH // 4
    )


def _let_act(customers: Sequence[Customer], clerks: Mapping[str, Clerks], today: date) -> None:
    """Every two hundredth member lets somebody act for them."""
    some = customers[::200]
    at = _morning(today)
    faces = keep(
        files=[(face(place * 5), subject_of(customer)) for place, customer in enumerate(some)],
        purpose="photograph",
        by=None,
        at=at,
    )
    Mandate.objects.bulk_create(
        Mandate(
            customer=customer,
            full_name=f"Kwesi {customer.full_name.rpartition(' ')[2]}",
            relation="brother",
            phone="+233203334455",
            photograph=upload,
            added_by=clerks[customer.branch.code].cashier,
            added_at=at,
        )
        for customer, upload in zip(some, faces, strict=True)
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)
