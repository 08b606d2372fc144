"""What a guarantor says, and the hold on their savings that stands for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.moving import IMMOBILE
from portal.ledger.errors import InsufficientFunds
from portal.ledger.services import place_hold
from portal.live.services import announce
from portal.loans.models import Guarantor, GuarantorAnswer, Loan
from portal.loans.services.states import locked

ASKING = (Loan.State.SUBMITTED, Loan.State.REVIEW, Loan.State.RETURNED)


@transactional
def accept_guarantee(*, guarantor: Guarantor, account: DepositAccount | None, by: Any, at: datetime) -> GuarantorAnswer:
    """Stand for a loan: the amount stays in the guarantor's account and is held until the loan is over.

    Said twice it answers with the first. Refused: another's account, one that moves by rules of its own, too little in it,
    an answer given otherwise, a loan that is decided.
    """
    loan = locked(guarantor.loan, *ASKING)
    known = GuarantorAnswer.objects.filter(guarantor=guarantor).first()
    if known is not None and known.outcome == GuarantorAnswer.Outcome.ACCEPTED:
        return known
    _refuse_answered(known)
    if account is None or account.customer_id != guarantor.customer_id or account.currency != loan.currency:
        raise Refused("Choose one of your own accounts.", code="account", field="account")
    if account.state in IMMOBILE or account.product.kind in BY_OWN_RULES:
        raise Refused("This account cannot be held. Choose an everyday account.", code="account", field="account")
    reason = f"Guarantee for loan …{loan.last_four}"
    try:
        hold = place_hold(
            account=account.ledger_account, amount=guarantor.amount, reason=reason, expires_at=None, by=by, at=at
        )
    except InsufficientFunds as refusal:
        message = f"This account does not have {guarantor.amount} available. Nothing was held."
        raise Refused(message, code="insufficient_funds", field="account") from refusal
    announce(f"account:{account.number}")
    return _answer(guarantor, GuarantorAnswer.Outcome.ACCEPTED, account=account, hold=hold, by=by, at=at)


@transactional
def decline_guarantee(*, guarantor: Guarantor, by: Any, at: datetime) -> GuarantorAnswer:
    """Say no. Nothing is held. Refused: an answer given before, a loan that is decided."""
    locked(guarantor.loan, *ASKING)
    _refuse_answered(GuarantorAnswer.objects.filter(guarantor=guarantor).first())
    return _answer(guarantor, GuarantorAnswer.Outcome.DECLINED, by=by, at=at)


def _refuse_answered(known: GuarantorAnswer | None) -> None:
    if known is not None:
        raise Refused(f"You have {known.get_outcome_display().lower()} already.", code="answered")


def _answer(guarantor: Guarantor, outcome: str, **more: Any) -> GuarantorAnswer:
    made = GuarantorAnswer.objects.create(guarantor=guarantor, outcome=outcome, **more)
    announce(f"loan:{guarantor.loan.number}")
    return made
