"""What is known of signing in."""

from portal.signin.queries.attempts import (
    Wanted,
    attempts_visible_to,
    failures_since,
    is_locked,
    locked_people_visible_to,
    may_unlock,
    signed_in_before,
    unlockable_by,
)
from portal.signin.queries.sessions import (
    Place,
    most_sessions,
    open_sessions,
    own_open_sessions,
    past_sessions_of,
    places_of,
    sessions_manageable_by,
    why_ended,
)
from portal.signin.queries.signing_up import pending_sign_up

__all__ = [
    "Place",
    "Wanted",
    "attempts_visible_to",
    "failures_since",
    "is_locked",
    "locked_people_visible_to",
    "may_unlock",
    "most_sessions",
    "open_sessions",
    "own_open_sessions",
    "past_sessions_of",
    "pending_sign_up",
    "places_of",
    "sessions_manageable_by",
    "signed_in_before",
    "unlockable_by",
    "why_ended",
]
