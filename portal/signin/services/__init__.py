"""What may be done with signing in: counting tries, opening locks, keeping and ending sessions, passwords, sign-up."""

from portal.signin.services.attempts import (
    fail_try,
    forget_failures,
    note_failure,
    note_success,
    note_suspended,
    refuse_try,
    sweep_counts,
    tell_locked,
    unlock,
)
from portal.signin.services.counting import Locked, Try, begin_try, give_back
from portal.signin.services.sessions import (
    begin_session,
    end_idle_sessions,
    end_session,
    end_sessions_of,
    keep_session,
    note_end,
)

__all__ = [
    "Locked",
    "Try",
    "begin_session",
    "begin_try",
    "end_idle_sessions",
    "end_session",
    "end_sessions_of",
    "fail_try",
    "forget_failures",
    "give_back",
    "keep_session",
    "note_end",
    "note_failure",
    "note_success",
    "note_suspended",
    "refuse_try",
    "sweep_counts",
    "tell_locked",
    "unlock",
]
