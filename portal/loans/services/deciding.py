"""Looking an application through, proposing what is granted, deciding by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.loans import queries
from portal.loans.models import Condition, ConditionMet, Decision, Guarantor, Loan, LoanTerms
from portal.loans.services.applying import check_asked
from portal.loans.services.states import locked, move, refuse_asked, say_why
from portal.loans.services.telling import tell_decided, tell_missing
from portal.loans.services.versions import keep_first_version, keep_version

State = Loan.State
GRANT = "loan_grant"
MOST_REASON = 500


@transactional
def take_up(*, loan: Loan, by: Any, at: datetime) -> Loan:
    """Begin to look an application through. Refused: one's own, and one that is not handed in."""
    held = locked(loan, State.SUBMITTED)
    refuse_own(held, by)
    move(held, State.REVIEW, "Being looked through", by=by, at=at)
    return held


@transactional
def return_application(*, loan: Loan, lacks: Sequence[str], by: Any, at: datetime) -> Loan:
    """Give an application back to its applicant with the list of what is missing; what was handed in is kept as a version.

    Refused: an empty list, one longer than a reason may be, one's own application.
    """
    held = locked(loan, State.REVIEW)
    refuse_own(held, by)
    wanted = [text for text in (" ".join(line.split()) for line in lacks) if text]
    if not wanted:
        raise Refused("Say what is missing.", code="lacks", field="ticked")
    why = "\n".join(wanted)
    if len(why) > MOST_REASON:
        raise Refused(f"At most {MOST_REASON} letters together.", code="lacks", field="more")
    keep_first_version(held)
    move(held, State.RETURNED, why, by=by, at=at)
    tell_missing(held, "; ".join(wanted), at=at)
    return held


@transactional
def reject_application(*, loan: Loan, reason: str, by: Any, at: datetime) -> Decision:
    """Reject an application with a reason its applicant reads. Refused: by whoever applied, and without a reason."""
    held = locked(loan, State.SUBMITTED, State.REVIEW)
    refuse_own(held, by)
    why = say_why(reason)
    made = _decide(held, Decision.Outcome.REJECTED, why, decided_by=by, at=at)
    move(held, State.REJECTED, why, by=by, at=at)
    tell_decided(held, "rejected", at=at)
    return made


@transactional
def propose(
    *,
    loan: Loan,
    amount: Money,
    instalments: int,
    rate_bps: int,
    conditions: Sequence[str],
    reason: str,
    by: Any,
    at: datetime,
) -> Request:
    """Propose what is granted: a request that somebody else, or several by the product's ladder, must approve.

    Refused: what `check_grant` refuses, no reason, one's own application, one that was proposed and is not decided yet.
    """
    held = locked(loan, State.REVIEW)
    refuse_own(held, by)
    refuse_asked(held, GRANT, at=at)
    payload = {
        "loan": held.number,
        "amount_minor": amount.minor,
        "instalments": instalments,
        "rate_bps": rate_bps,
        "conditions": [" ".join(text.split()) for text in conditions if text.strip()],
        "reason": say_why(reason),
    }
    return ask(
        act=GRANT,
        payload=payload,
        subject=held.number,
        reason=reason,
        branch=held.branch,
        amount=amount,
        by=by,
        at=at,
    )


def check_grant(loan: Loan, amount: Money, instalments: int, rate_bps: int) -> None:
    """Refuse what may not be granted: more than was asked for, outside the product's bounds, guarantors who have not
    accepted, a loan that nobody looks through.
    """
    if loan.state != State.REVIEW:
        raise Refused(f"This application is {loan.get_state_display().lower()}.", code="state")
    check_asked(loan.terms, amount, instalments)
    if amount > loan.amount:
        raise Refused(f"The member asked for {loan.amount}.", code="amount", field="amount")
    terms = loan.terms
    if not terms.rate_min_bps <= rate_bps <= terms.rate_max_bps:
        message = f"The rate lies between {_percent(terms.rate_min_bps)} and {_percent(terms.rate_max_bps)} per cent."
        raise Refused(message, code="rate", field="rate")
    _check_guarantees(loan, terms, amount)


def _check_guarantees(loan: Loan, terms: LoanTerms, amount: Money) -> None:
    accepted = Guarantor.objects.filter(loan=loan, answer__outcome="accepted").count()
    if accepted < terms.guarantors_min:
        message = (
            f"{accepted} of {terms.guarantors_min} guarantors have accepted. Wait for them or return the application."
        )
        raise Refused(message, code="guarantors")
    needed = Money(terms.guarantee_bps * amount.minor // 10_000, amount.currency)
    if queries.accepted_guarantees(loan) < needed:
        raise Refused(f"Guarantors have not accepted {needed} together yet.", code="guarantees")


@transactional
def grant(
    *,
    loan: Loan,
    amount: Money,
    instalments: int,
    rate_bps: int,
    conditions: Sequence[str],
    reason: str,
    request: Request | None,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> Decision:
    """Approve a loan as `by` proposed and `approved_by` decided. Refuses what `check_grant` refuses."""
    held = locked(loan, State.REVIEW)
    check_grant(held, amount, instalments, rate_bps)
    refuse_own(held, approved_by)
    keep_first_version(held)
    held.amount_minor, held.instalments, held.rate_bps = amount.minor, instalments, rate_bps
    held.save(update_fields=["amount_minor", "instalments", "rate_bps"])
    made = _decide(held, Decision.Outcome.APPROVED, reason, request=request, asked_by=by, decided_by=approved_by, at=at)
    Condition.objects.bulk_create(Condition(decision=made, text=text) for text in conditions)
    keep_version(held, move(held, State.APPROVED, reason, by=approved_by, at=at))
    tell_decided(held, "approved", at=at)
    return made


@transactional
def turn_down(*, loan: Loan, request: Request, reason: str, by: Any, at: datetime) -> Decision | None:
    """The second person rejected what was proposed: the application is rejected. None when it was over already."""
    held = locked(loan)
    if held.state != State.REVIEW:
        return None
    made = _decide(
        held, Decision.Outcome.REJECTED, reason, request=request, asked_by=request.asked_by, decided_by=by, at=at
    )
    move(held, State.REJECTED, reason, by=by, at=at)
    tell_decided(held, "rejected", at=at)
    return made


@transactional
def meet_condition(*, condition: Condition, note: str, by: Any, at: datetime) -> ConditionMet:
    """Write down that a condition is fulfilled, and how it was seen. Said twice it answers with the first."""
    locked(condition.decision.loan, State.APPROVED)
    known = ConditionMet.objects.filter(condition=condition).first()
    return known or ConditionMet.objects.create(condition=condition, note=say_why(note), at=at, by=by)


def refuse_own(loan: Loan, by: Any) -> None:
    """Refuse whoever applied, or the member, to act on their own application."""
    if by is None:
        return
    if by.pk == loan.asked_by_id:
        raise Refused("You wrote this application: a colleague must go on with it.", code="own_application")
    is_member = by.customer_id == loan.customer_id or (
        bool(loan.customer.email) and loan.customer.email.lower() == by.email.lower()
    )
    if is_member:
        raise Refused("This is your own loan: a colleague must go on with it.", code="own_account")


def _decide(loan: Loan, outcome: str, reason: str, **more: Any) -> Decision:
    return Decision.objects.create(
        loan=loan,
        outcome=outcome,
        amount_minor=loan.amount_minor,
        instalments=loan.instalments,
        rate_bps=loan.rate_bps,
        reason=reason,
        applied_by=loan.asked_by,
        **more,
    )


def _percent(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}"
