"""What is kept of signing in."""

from __future__ import annotations

from portal.signin.models.attempts import SignInAttempt, TryCount, Unlock
from portal.signin.models.factors import (
    MOST_FAILURES,
    MOST_PIN_FAILURES,
    AuthenticatorApp,
    FactorReset,
    LargeTransfer,
    RecoveryCode,
    SentCode,
    TransactionPin,
    UsedStep,
)
from portal.signin.models.policy import SecurityPolicy
from portal.signin.models.sessions import Device, SignInSession
from portal.signin.models.signups import SignUp

__all__ = [
    "MOST_FAILURES",
    "MOST_PIN_FAILURES",
    "AuthenticatorApp",
    "Device",
    "FactorReset",
    "LargeTransfer",
    "RecoveryCode",
    "SecurityPolicy",
    "SentCode",
    "SignInAttempt",
    "SignInSession",
    "SignUp",
    "TransactionPin",
    "TryCount",
    "Unlock",
    "UsedStep",
]
