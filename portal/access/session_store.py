"""Django's sessions in the database, which last as long without anybody's doing as the institution's policy says.

Several requests of one browser are under way at once. What one of them changed is written into the session as it then
is, not over it: else a page that was asked for before the counter was locked would open it again when it is answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.access import policy
from portal.base.prepared import prepared_query


class SessionStore(db.SessionStore):
    """Also what open pages and the log of sessions go by."""

    _session_cache: dict[str, Any]
    _read: str | None = None
    """What the row said when this request read it, as it stands in the row: few requests look at it again."""

    def get_session_cookie_age(self) -> int:
        return policy.current().idle_seconds

    def _get_session_from_db(self) -> Session | None:
        """Django's own question, which every request asks, written out once."""
        found = _lasting(str(self.session_key), timezone.now())
        if found:
            self._read = found[0].session_data
            return found[0]
        self._session_key = None
        return None

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None or self._read is None:
            super().save(must_create)
        else:
            with transaction.atomic():
                self._take_in_the_rest(self.decode(self._read))
                super().save()
        self._read = self.encode(self._session_cache)

    def _take_in_the_rest(self, read: dict[str, Any]) -> None:
        """Hold the row, and keep what others changed in it since it was read."""
        row = self.model.objects.select_for_update().filter(session_key=self.session_key).first()
        if row is None:
            return
        ours, theirs = self._session_cache, self.decode(row.session_data)
        changed = {name: value for name, value in ours.items() if name not in read or read[name] != value}
        kept = {name: value for name, value in theirs.items() if name in ours or name not in read}
        self._session_cache = kept | changed


@prepared_query
def _lasting(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)
