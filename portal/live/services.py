"""Telling open pages that something changed, and saying who may be told.

A message carries a channel and ids, never contents: the page asks again, with its reader's own rights.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

NOTIFY_CHANNEL = "quayside"
ENDED = "session:ended"
"""What the streams themselves are told, and no page: these sessions are over."""
MOST_IDS = 20
Allowed = Callable[[Any, str], bool]
_NOTIFY = "SELECT pg_notify(%s, message) FROM unnest(%s::text[]) AS message"
_CHANNEL = re.compile(r"([a-z_]{1,20}):([A-Za-z0-9-]{1,40})")
_checkers: dict[str, Allowed] = {}


def register(prefix: str, allowed: Allowed) -> None:
    """Say who may listen to `prefix:<name>`: `allowed(user, name)`. Rooms call this when the program starts."""
    _checkers[prefix] = allowed


def may_listen(user: AbstractBaseUser | AnonymousUser, channel: str) -> bool:
    """Whether this user may be told about the channel; a channel nobody answers for is refused."""
    parts = _CHANNEL.fullmatch(channel)
    checker = _checkers.get(parts[1]) if parts else None
    return bool(checker and parts and checker(user, parts[2]))


def announce(channel: str, ids: Iterable[str | int | UUID] = ()) -> None:
    """Tell the pages that listen to `channel` that these things changed, after commit and outside the transaction.

    NOTIFY inside a transaction would make its commit wait for every other notifying one, so all that one transaction
    announces goes out as one statement of its own. Should that fail, it is logged: pages also look by themselves.
    """
    level = set(connection.savepoint_ids)
    for savepoints, hook in (entry[:2] for entry in connection.run_on_commit):
        if isinstance(hook, _Announcement) and savepoints <= level:
            hook.add(channel, ids)
            return
    announcement = _Announcement()
    announcement.add(channel, ids)
    transaction.on_commit(announcement)


def announce_ended(keys: Iterable[str]) -> None:
    """Close the streams of these sessions at once, after commit. Of more than a few, and should it fail, within 15 s."""
    announce(ENDED, keys)


class _Announcement:
    """What one transaction has to tell; called after its commit."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, None]] = {}

    def add(self, channel: str, ids: Iterable[str | int | UUID]) -> None:
        self._ids.setdefault(channel, {}).update(dict.fromkeys(map(str, ids)))

    def __call__(self) -> None:
        messages = [_message(channel, list(ids)) for channel, ids in self._ids.items()]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_NOTIFY, (NOTIFY_CHANNEL, messages))
        except DatabaseError:
            # What was done is committed; only the pages learn of it later, when they look by themselves.
            logger.exception("Open pages could not be told about %s.", ", ".join(self._ids))


def _message(channel: str, ids: list[str]) -> str:
    """Ids beyond a few are left out, since a message has room for 8,000 bytes: the page then looks at everything."""
    return json.dumps({"channel": channel, "ids": ids if len(ids) <= MOST_IDS else []})


def _is_oneself(user: Any, name: str) -> bool:
    return str(user.pk) == name


register("user", _is_oneself)
