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
from portal.signin.services.passwords import change_password, demand_password_change
from portal.signin.services.sessions import (
    begin_session,
    end_idle_sessions,
    end_session,
    end_sessions_of,
    keep_session,
    note_end,
)
from portal.signin.services.signing_up import begin_sign_up, confirm_sign_up, mail_again, sweep_sign_ups

__all__ = [
    "Locked",
    "Try",
    "begin_session",
    "begin_sign_up",
    "begin_try",
    "change_password",
    "confirm_sign_up",
    "demand_password_change",
    "end_idle_sessions",
    "end_session",
    "end_sessions_of",
    "fail_try",
    "forget_failures",
    "give_back",
    "keep_session",
    "mail_again",
    "note_end",
    "note_failure",
    "note_success",
    "note_suspended",
    "refuse_try",
    "sweep_counts",
    "sweep_sign_ups",
    "tell_locked",
    "unlock",
]
