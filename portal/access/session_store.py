"""Django's sessions in the database, which last as long without anybody's doing as the institution's policy says."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from portal.access import policy
from portal.base.prepared import prepared_query


class SessionStore(db.SessionStore):
    """Also what open pages and the log of sessions go by."""

    def get_session_cookie_age(self) -> int:
        return policy.current().idle_seconds

    def _get_session_from_db(self) -> Session | None:
        """Django's own question, which every request asks, written out once."""
        found = _lasting(str(self.session_key), timezone.now())
        if found:
            return found[0]
        self._session_key = None
        return None


@prepared_query
def _lasting(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
