"""Handing in, deciding by another person, running out: what may happen and what must not."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.template.loader import render_to_string

from portal.access.roles import Role
from portal.base.errors import Refused, Stale
from portal.outbox.models import Job
from portal.people import services
from portal.people.letters import welcome_letter
from portal.people.models import Customer, DetailsChange, IdentityKind, KycDecision, KycSubmission, RiskProfile
from tests.cast import NOW, Cast, make_user
from tests.people.filling import CARD, brought, draft, fill, submitted, verified

State = Customer.State


def test_a_draft_with_missing_parts_is_not_taken(cast: Cast) -> None:
    customer = draft(cast.north, cast.cashier)
    with pytest.raises(Refused, match="identity document"):
        services.submit(customer=customer, by=cast.cashier, at=NOW)
    assert not KycSubmission.objects.exists()


def test_handed_in_and_verified_by_another(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager)
    assert customer.state == State.VERIFIED
    decision = KycDecision.objects.get()
    assert (decision.decided_by, decision.submitted_by) == (cast.manager, cast.cashier)


def test_a_new_member_is_greeted_by_a_letter_that_the_branch_hands_over_without_a_sign_in(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    done = services.verify(customer=customer, origin="https://bank.example", by=cast.manager, at=NOW)
    assert done.letter is not None
    assert done.letter.created_by == cast.manager
    plan = welcome_letter(by=cast.manager, at=NOW, **done.letter.payload["args"])
    text = render_to_string(plan.template, {**plan.context, "title": plan.title, "issued_at": NOW})
    assert f"Dear {customer.full_name}" in text
    assert customer.number in text


def test_with_a_sign_in_the_letter_is_the_members_own(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    user = make_user(Role.CUSTOMER, customer.full_name, customer=customer)
    done = services.verify(customer=customer, origin="https://bank.example", by=cast.manager, at=NOW)
    assert done.letter is None
    assert Job.objects.get(kind="document.render").created_by == user


def test_who_handed_it_in_does_not_verify(cast: Cast) -> None:
    customer = submitted(cast.north, cast.manager)
    with pytest.raises(Refused) as refusal:
        services.verify(customer=customer, origin="", by=cast.manager, at=NOW)
    assert refusal.value.code == "own"


def test_the_database_refuses_a_decision_by_the_submitter(cast: Cast) -> None:
    submission = KycSubmission.objects.get(customer=submitted(cast.north, cast.manager))
    for submitter in (cast.manager, cast.cashier):
        with pytest.raises(IntegrityError):
            _force_decision(submission, submitter, cast.manager)


def _force_decision(submission: KycSubmission, submitter: Any, decider: Any) -> None:
    with transaction.atomic():
        KycDecision.objects.create(
            submission=submission, submitted_by=submitter, outcome="verified", decided_by=decider, decided_at=NOW
        )
        connection.check_constraints()


def test_the_database_verifies_nobody_without_a_decision(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    customer.state = State.VERIFIED
    with pytest.raises(ProgrammingError, match="without a decision"), transaction.atomic():
        customer.save(update_fields=["state"])


def test_who_changed_it_after_it_was_handed_in_does_not_verify(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    values = {"occupation": "Baker"}
    services.change_details(customer=customer, part="work", values=values, reason="Misheard", by=cast.manager, at=NOW)
    with pytest.raises(Refused) as refusal:
        services.verify(customer=customer, origin="", by=cast.manager, at=NOW)
    assert refusal.value.code == "own"


def test_a_cashier_does_not_verify(cast: Cast) -> None:
    customer = submitted(cast.north, cast.manager)
    with pytest.raises(Refused) as refusal:
        services.verify(customer=customer, origin="", by=cast.cashier, at=NOW)
    assert refusal.value.code == "not_allowed"


def test_given_back_with_a_reason_and_a_mail_then_handed_in_again(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    with pytest.raises(Refused):
        services.reject(customer=customer, reason=" ", by=cast.manager, at=NOW)
    services.reject(customer=customer, reason="The photo is blurred", by=cast.manager, at=NOW)
    customer.refresh_from_db()
    assert customer.state == State.REJECTED
    assert "blurred" in Job.objects.get(kind="mail.send").payload["text"]
    services.submit(customer=customer, by=cast.cashier, at=NOW)
    assert Customer.objects.get(pk=customer.pk).state == State.SUBMITTED


def test_decided_twice_the_second_is_told(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    services.verify(customer=customer, origin="", by=cast.manager, at=NOW)
    with pytest.raises(Stale):
        services.reject(customer=customer, reason="Late", by=cast.operations_manager, at=NOW)


def test_decisions_are_kept_for_ever(cast: Cast) -> None:
    verified(cast.north, cast.cashier, cast.manager)
    for kept in (KycDecision, KycSubmission, RiskProfile):
        with pytest.raises(ProgrammingError), transaction.atomic():
            kept.objects.all()._raw_delete(using="default")


def test_an_expired_document_ends_the_verification_once(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager, expires_on=date(2026, 12, 1))
    later = NOW + timedelta(days=12)
    assert services.expire_identities(at=NOW) == 0
    assert services.expire_identities(at=later) == 1
    assert services.expire_identities(at=later) == 0
    customer.refresh_from_db()
    assert customer.state == State.EXPIRED
    subjects = set(Job.objects.filter(kind="mail.send").values_list("payload__subject", flat=True))
    assert {"Your identity document expires soon", "Your identity document has expired"} <= subjects


def test_a_new_document_hands_an_expired_record_in_again(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager, expires_on=date(2026, 12, 1))
    later = NOW + timedelta(days=12)
    services.expire_identities(at=later)
    kind = IdentityKind.objects.get(code="ghana_card")
    front = brought(customer, "identity-front", cast.cashier)
    identity = services.NewIdentity(kind=kind, number=CARD, expires_on=date(2031, 1, 1), front=front)
    services.add_identity(customer=customer, identity=identity, reason="Renewed", by=cast.cashier, at=later)
    services.verify(customer=customer, origin="", by=cast.manager, at=later)
    assert Customer.objects.get(pk=customer.pk).state == State.VERIFIED
    assert DetailsChange.objects.filter(part="identity").count() == 1


@pytest.mark.parametrize(("score", "reason"), [(299, "x"), (851, "x"), (500, " ")])
def test_a_judgement_out_of_bounds_is_refused(cast: Cast, score: int, reason: str) -> None:
    with pytest.raises(Refused):
        services.assess_risk(
            customer=cast.ama,
            score=score,
            category="low",
            reason=reason,
            review_on=date(2027, 1, 1),
            by=cast.manager,
            at=NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_handed_in_by_two_at_once_it_is_handed_in_once(cast: Cast) -> None:
    customer = fill(draft(cast.north, cast.cashier), cast.cashier)
    outcomes = at_once(4, lambda: services.submit(customer=customer, by=cast.cashier, at=NOW))
    assert sorted(outcomes) == ["KycSubmission", "Stale", "Stale", "Stale"]
    assert KycSubmission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_decided_by_two_at_once_one_decides(cast: Cast) -> None:
    customer = submitted(cast.north, cast.cashier)
    deciders = iter([cast.manager, cast.operations_manager])
    outcomes = at_once(2, lambda: services.verify(customer=customer, origin="", by=next(deciders), at=NOW))
    assert sorted(outcomes) == ["Stale", "Verified"]


def at_once(count: int, work: Any) -> list[str]:
    """The kinds of what `count` threads got that start together."""
    barrier, outcomes = Barrier(count), []

    def run() -> None:
        barrier.wait()
        try:
            outcomes.append(type(work()).__name__)
        except Refused as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
