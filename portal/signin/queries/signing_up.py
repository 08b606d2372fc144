"""Who wants to become a member and has not shown the address to be theirs."""

from __future__ import annotations

from uuid import UUID

from portal.signin.models import SignUp


def pending_sign_up(pk: UUID) -> SignUp | None:
    """What waits for its code, too late or not; None once it became somebody."""
    return SignUp.objects.filter(pk=pk, user=None).first()
