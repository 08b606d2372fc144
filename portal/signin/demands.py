"""What a transfer asks of whoever sends it: a second factor there is, a fresh proof when it is large, the PIN when one is set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access import proof
from portal.base.money import Money
from portal.signin import queries
from portal.signin.services.pins import check_pin


def lacks_second_step(request: Any) -> bool:
    """Whether this person has no second factor yet and so sends no money. One query at most, none for most sessions.

    Whoever enrolled one in another session is asked for it here: raises `ProofNeeded`.
    """
    if request.session.get(proof.SECOND_STEP):
        return False
    if not queries.has_factor(request.user):
        return True
    raise proof.ProofNeeded


def ask_again_if_large(request: Any, amount: Money) -> None:
    """Raises `ProofNeeded` when the amount is large and the last proof is old."""
    if not proof.is_fresh(request) and amount >= queries.large_transfer_from(amount.currency):
        raise proof.ProofNeeded


def wants_pin(user: Any) -> bool:
    """Whether a transfer of this person is confirmed by a PIN."""
    return queries.pin_of(user) is not None


def take_pin(*, user: Any, pin: str, by: Any, at: datetime) -> None:
    """See `check_pin`."""
    check_pin(user=user, pin=pin, by=by, at=at)
