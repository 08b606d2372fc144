"""What is kept of signing in."""

from __future__ import annotations

from portal.signin.models.attempts import SignInAttempt, TryCount, Unlock
from portal.signin.models.sessions import Device, SignInSession
from portal.signin.models.signups import SignUp

__all__ = ["Device", "SignInAttempt", "SignInSession", "SignUp", "TryCount", "Unlock"]
