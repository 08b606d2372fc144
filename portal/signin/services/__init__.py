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
from portal.signin.services.factors import (
    add_app,
    add_passkey,
    begin_sent_code,
    confirm_sent_code,
    make_recovery_codes,
    remove_factor,
    rename_factor,
    reset_factors,
)
from portal.signin.services.passwords import change_password, demand_password_change
from portal.signin.services.pins import check_pin, set_pin
from portal.signin.services.policy import check_policy, set_large_transfer, set_policy
from portal.signin.services.proving import check_code, confirm_code, prove, send_code
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
    "add_app",
    "add_passkey",
    "begin_sent_code",
    "begin_session",
    "begin_sign_up",
    "begin_try",
    "change_password",
    "check_code",
    "check_pin",
    "check_policy",
    "confirm_code",
    "confirm_sent_code",
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
    "make_recovery_codes",
    "note_end",
    "note_failure",
    "note_success",
    "note_suspended",
    "prove",
    "refuse_try",
    "remove_factor",
    "rename_factor",
    "reset_factors",
    "send_code",
    "set_large_transfer",
    "set_pin",
    "set_policy",
    "sweep_counts",
    "sweep_sign_ups",
    "tell_locked",
    "unlock",
]
