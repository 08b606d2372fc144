"""Guarantors' pledges after a payment was undone: what they stand for again, and how much of it their accounts can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from portal.base.money import Money
from portal.deposits.queries import funds_of
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Hold, HoldChange
from portal.ledger.services import place_hold, release_hold
from portal.live.services import announce
from portal.loans import queries
from portal.loans.models import GuarantorAnswer, HeldAgain, Loan, Payment, PaymentReversal
from portal.loans.services.telling import tell_held_again


@dataclass(frozen=True, slots=True)
class Pledge:
    """What a guarantor stands for once a payment is undone, what of it is held now, and what could be held then."""

    answer: GuarantorAnswer
    wanted: Money
    held: Money
    holdable: Money

    @property
    def missing(self) -> Money:
        return self.wanted - self.holdable


def pledges_without(loan: Loan, payment: Payment, owed: Money) -> list[Pledge]:
    """The guarantors of whom more would be held again, had a payment never come and were so much owed.

    Each stands for what was accepted, less what payments that stay took of it, and for no more than is owed. What the
    payment took from an account would be back in it. Nothing is written.
    """
    found = (_pledge(answer, loan, payment, owed) for answer in queries.accepted_answers(loan))
    return [pledge for pledge in found if pledge.wanted > pledge.held]


def _pledge(answer: GuarantorAnswer, loan: Loan, payment: Payment, owed: Money) -> Pledge:
    holds = [answer.hold_id, *(each.hold_id for each in answer.held_again.all())]
    taken = HoldChange.objects.filter(hold__in=[pk for pk in holds if pk], outcome=HoldChange.Outcome.CAPTURED)
    staying = Payment.objects.filter(loan=loan, reversal=None).exclude(pk=payment.pk)
    accepted = answer.hold.amount_minor if answer.hold else 0
    stands = accepted - _sum(taken.filter(entry__in=staying.values("entry")))
    held = Money(answer.standing_hold.remaining_minor if answer.standing_hold else 0, owed.currency)
    back = Money(_sum(taken.filter(entry=payment.entry_id)), owed.currency)
    wanted = min(Money(stands, owed.currency), owed)
    return Pledge(answer, wanted, held, max(held, min(wanted, held + _room(answer) + back)))


def _room(answer: GuarantorAnswer) -> Money:
    """What more an account could hold; nothing in one that is closed."""
    account = answer.account
    assert account is not None  # noqa: S101  # who accepted named one: a constraint says so
    available, nothing = funds_of(account).available, Money.zero(account.currency)
    return max(available, nothing) if account.ledger_account.is_active else nothing


def _sum(rows: Any) -> int:
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def hold_again(reversal: PaymentReversal, pledges: Iterable[Pledge], *, by: Any, at: datetime) -> Sequence[HeldAgain]:
    """Hold what guarantors stand for again, as far as their accounts allow, and tell them. Called while the payment is undone.

    One hold stands for the whole pledge: what is left of the earlier one goes into it. A row says what was wanted and what
    is held, also where nothing could be.
    """
    return [_hold_again(reversal, pledge, by=by, at=at) for pledge in pledges]


def _hold_again(reversal: PaymentReversal, pledge: Pledge, *, by: Any, at: datetime) -> HeldAgain:
    answer, placed = pledge.answer, None
    if pledge.holdable > pledge.held:
        if pledge.held and answer.standing_hold is not None:
            release_hold(hold=answer.standing_hold, by=by, at=at)
        placed = _placed(pledge, by=by, at=at)
    made = HeldAgain.objects.create(
        answer=answer, reversal=reversal, wanted_minor=pledge.wanted.minor, hold=placed, at=at, by=by
    )
    if placed is not None and answer.account is not None:
        announce(f"account:{answer.account.number}")
        tell_held_again(answer.guarantor, placed, at=at)
    return made


def _placed(pledge: Pledge, *, by: Any, at: datetime) -> Hold | None:
    """A hold of what the account gives now, which may be less than a moment ago."""
    account, loan = pledge.answer.account, pledge.answer.guarantor.loan
    assert account is not None  # noqa: S101  # as above
    values: dict[str, Any] = {
        "account": account.ledger_account,
        "reason": f"Guarantee for loan …{loan.last_four}, again",
        "expires_at": None,
        "by": by,
        "at": at,
    }
    try:
        with transaction.atomic():
            return place_hold(amount=pledge.wanted, **values)
    except InsufficientFunds as refusal:
        most = Money(refusal.available_minor, pledge.wanted.currency)
        return place_hold(amount=most, **values) if most else None
