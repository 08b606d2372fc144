"""What signing in keeps of somebody who becomes anonymous: nothing that tells where to reach them or opens anything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django_otp_webauthn.models import WebAuthnUserHandle

from portal.base.db import transactional
from portal.people.models import User
from portal.signin import queries
from portal.signin.models import RecoveryCode, SignInSession, SignUp, TransactionPin, TryCount
from portal.signin.services.factors import delete_factor, forget_unfinished
from portal.signin.services.sessions import end_sessions_of


@transactional
def forget_person(*, user: User, email: str, by: Any, at: datetime) -> None:
    """End every session, and remove factors, PIN, codes, addresses and counts. `email` is the address there was.

    The log of tries and sessions stays as long as the trail does: it proves who was in. Twice changes nothing.
    """
    end_sessions_of(user, reason=SignInSession.Ended.SUSPENDED, by=by, at=at)
    for factor in queries.factors_of(user):
        delete_factor(factor)
    forget_unfinished(user)
    for owned in (RecoveryCode, TransactionPin, EmailAddress, WebAuthnUserHandle):
        owned.objects.filter(user=user).delete()
    SignUp.objects.filter(user=user).delete()
    TryCount.objects.filter(who=email).delete()
