"""Somebody beside the person at the screen proves who they are: by password and code, or by a passkey."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from portal.approvals.services import Approver, prove_approver, prove_approver_by_passkey
from portal.signin import passkeys


def approver_at(
    request: HttpRequest, *, email: str = "", password: str = "", code: str = "", answer: str = "", at: datetime
) -> Approver:
    """Who proved it: by the `answer` of a passkey that this screen asked for, else by address, password and code.

    Called by a view, before any transaction. Raises what `prove_approver` and `passkeys.take_anybodys` raise.
    """
    if answer:
        user = passkeys.take_anybodys(request, answer)
        return prove_approver_by_passkey(user=user, by=request.user, at=at)
    return prove_approver(email=email, password=password, code=code, by=request.user, at=at)
