"""Django's sessions in the database, which last as long without anybody's doing as the institution's policy says."""

from __future__ import annotations

from django.contrib.sessions.backends import db

from portal.access import policy


class SessionStore(db.SessionStore):
    """Also what open pages and the log of sessions go by."""

    def get_session_cookie_age(self) -> int:
        return policy.current().idle_seconds
