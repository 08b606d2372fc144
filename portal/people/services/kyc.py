"""Knowing the customer: handing in, deciding by a second person, running out, judging the risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.documents.queries import pdf_available
from portal.documents.services import ask_for_document
from portal.outbox.models import Job
from portal.outbox.services import send_mail
from portal.people.models import (
    HIGHEST_SCORE,
    LOWEST_SCORE,
    Customer,
    IdentityDocument,
    KycDecision,
    KycSubmission,
    RiskProfile,
)
from portal.people.queries.kyc import latest_submission, missing_parts
from portal.people.services.details import OPEN

State = Customer.State
Outcome = KycDecision.Outcome
WARNING = timedelta(days=30)
LETTER = "people.welcome_letter"
DECLARATION = "What I have said here is true, and I want to become a member."
TAKEN_DOWN = "Taken down at the counter in the customer's presence."


@dataclass(frozen=True, slots=True)
class Verified:
    """The decision, and the letter that the branch hands to a new member without a sign-in."""

    decision: KycDecision
    letter: Job | None


@transactional
def submit(*, customer: Customer, by: Any, at: datetime) -> KycSubmission:
    """Hand a registration in to be checked by somebody else.

    Refused: somebody else's, one that is not open, one with parts missing (named in the message).
    """
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if by.role == Role.CUSTOMER and by.customer_id != held.pk:
        raise Refused("This is somebody else's registration.", code="not_yours")
    if held.state not in OPEN:
        raise Stale("This registration has been handed in already.")
    missing = missing_parts(held)
    if missing:
        raise Refused(f"Still missing: {', '.join(missing)}.", code="incomplete")
    declaration = DECLARATION if by.role == Role.CUSTOMER else TAKEN_DOWN
    made = KycSubmission.objects.create(customer=held, declaration=declaration, submitted_by=by, submitted_at=at)
    _set_state(held, State.SUBMITTED)
    return made


@transactional
def verify(*, customer: Customer, origin: str, by: Any, at: datetime) -> Verified:
    """Say that this customer is who they say. They hear of it by mail; a new member is greeted by a letter.

    With a sign-in they find the letter themselves, else it is made for `by`, who hands it over.

    Refused: not handed in, handed in or changed by the same person, an identity document that has expired meanwhile.
    `origin` is the site's address for the letter.
    """
    held, submission = _awaiting(customer, by)
    identity = held.identity_documents.filter(is_current=True).first()
    if identity is None or (identity.expires_on is not None and identity.expires_on <= at.date()):
        raise Refused("The identity document is missing or has expired.", code="expired")
    decision = _decide(held, submission, Outcome.VERIFIED, "", by, at)
    first = not held.kyc_submissions.exclude(pk=submission.pk).filter(decisions__outcome=Outcome.VERIFIED).exists()
    letter = _welcome(held, submission, origin, by, at) if first else None
    return Verified(decision, letter)


@transactional
def reject(*, customer: Customer, reason: str, by: Any, at: datetime) -> KycDecision:
    """Give a registration back with a reason, which the customer is told by mail. Refuses what `verify` refuses."""
    if not reason.strip():
        raise Refused("Say what is wrong, so that it can be put right.", code="reason", field="reason")
    held, submission = _awaiting(customer, by)
    decision = _decide(held, submission, Outcome.REJECTED, reason.strip(), by, at)
    text = (
        f"Dear {held.full_name},\n\nwe could not accept your registration yet: {reason.strip()}\n\n"
        "Sign in to put it right, or come to a branch.\n"
    )
    _mail(held, f"kyc:{submission.pk}:rejected", "Your registration needs another look", text, at)
    return decision


@transactional
def assess_risk(
    *, customer: Customer, score: int, category: str, reason: str, review_on: date, by: Any, at: datetime
) -> RiskProfile:
    """Write down how risky a customer is. Earlier judgements stay. Refused: a score outside 300–850, a review in the past."""
    if not LOWEST_SCORE <= score <= HIGHEST_SCORE:
        raise Refused(f"A score lies between {LOWEST_SCORE} and {HIGHEST_SCORE}.", code="score", field="score")
    if review_on <= at.date():
        raise Refused("The review must lie ahead: choose a later day.", code="review_on", field="review_on")
    if not reason.strip():
        raise Refused("Say what this judgement rests on.", code="reason", field="reason")
    return RiskProfile.objects.create(
        customer=customer, score=score, category=category, reason=reason.strip(), review_on=review_on, by=by, at=at
    )


def expire_identities(*, at: datetime) -> int:
    """The daily worker's part: customers whose document has run out are no longer verified, and are told; how many.

    A month before, they are reminded once. Called again the same day it changes nothing.
    """
    _remind(at)
    run_out = _with_document(expires_on__lte=at.date()).filter(state=State.VERIFIED)
    return sum(_expire(customer, at) for customer in run_out.iterator())


@transactional
def _expire(customer: Customer, at: datetime) -> bool:
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    submission = latest_submission(held)
    if held.state != State.VERIFIED or submission is None:
        return False
    _decide(held, submission, Outcome.EXPIRED, "The identity document has expired.", None, at)
    text = (
        f"Dear {held.full_name},\n\nthe identity document that we know you by has expired. "
        "Bring a valid one to a branch, so that we can go on serving you.\n"
    )
    _mail(held, f"kyc:{submission.pk}:expired", "Your identity document has expired", text, at)
    return True


def _remind(at: datetime) -> None:
    edge = at.date() + WARNING
    soon = _with_document(expires_on__gt=at.date(), expires_on__lte=edge).filter(state=State.VERIFIED).exclude(email="")
    for customer in soon.iterator():
        document = customer.identity_documents.get(is_current=True)
        text = (
            f"Dear {customer.full_name},\n\nyour {document.kind} expires on {document.expires_on:%d %B %Y}. "
            "Bring the new one to a branch before then.\n"
        )
        _mail(customer, f"kyc:document:{document.pk}:soon", "Your identity document expires soon", text, at)


def _with_document(**condition: Any) -> Any:
    documents = IdentityDocument.objects.filter(customer=OuterRef("pk"), is_current=True, **condition)
    return Customer.objects.filter(Exists(documents)).order_by("pk")


def _awaiting(customer: Customer, by: Any) -> tuple[Customer, KycSubmission]:
    """The customer, locked, and what was handed in, if `by` is somebody else than those who made it what it is."""
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    submission = latest_submission(held)
    if held.state != State.SUBMITTED or submission is None:
        raise Stale("Somebody else has decided this meanwhile.")
    if not allows(by, Capability.CUSTOMER_VERIFY):
        raise Refused("Your role does not verify customers: ask your manager.", code="not_allowed")
    if submission.submitted_by_id == by.pk:
        raise Refused("You handed this in yourself: another person must decide.", code="own")
    changed = held.details_changes.filter(at__gte=submission.submitted_at, by=by).exists()
    added = held.identity_documents.filter(is_current=True, added_by=by).exists()
    if changed or added or held.registered_by_id == by.pk:
        raise Refused("You took this down or changed it yourself: another person must decide.", code="own")
    return held, submission


def _decide(
    customer: Customer, submission: KycSubmission, outcome: Outcome, reason: str, by: Any, at: datetime
) -> KycDecision:
    decision = KycDecision.objects.create(
        submission=submission,
        submitted_by_id=submission.submitted_by_id,
        outcome=outcome,
        reason=reason,
        decided_by=by,
        decided_at=at,
    )
    _set_state(customer, State(outcome))
    return decision


def _set_state(customer: Customer, state: State) -> None:
    customer.state = state
    customer.save(update_fields=["state"])


def _welcome(customer: Customer, submission: KycSubmission, origin: str, by: Any, at: datetime) -> Job | None:
    """Mail and letter; returns the letter's job where `by` is to hand it over."""
    text = (
        f"Dear {customer.full_name},\n\nwelcome. You are a member now; your member number is {customer.number}.\n"
        "Come to a branch or sign in to open your first account.\n"
    )
    _mail(customer, f"kyc:{submission.pk}:verified", "Welcome", text, at)
    if not pdf_available():
        return None
    user, args = getattr(customer, "user", None), {"number": customer.number}
    job = ask_for_document(builder=LETTER, args=args, origin=origin, key=str(customer.pk), by=user or by, at=at)
    return job if user is None else None


def _mail(customer: Customer, key: str, subject: str, text: str, at: datetime) -> None:
    if customer.email:
        send_mail(key=key, to=customer.email, subject=subject, text=text, by=None, at=at)
