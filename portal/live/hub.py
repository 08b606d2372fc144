"""One listening connection a process, and the open pages it tells.

What waits to be told to a page is kept per channel, so a page that reads slowly holds no more than its channels' names.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from portal.live.services import ENDED, NOTIFY_CHANNEL

logger = logging.getLogger(__name__)

MOST_OF_A_USER = 6
"""Open pages of one user that are told; one more and the oldest asks by itself, as without a stream."""
LOOK_SECONDS = 15.0
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0)
_ALIVE = "SELECT session_key FROM django_session WHERE session_key = ANY(%s) AND expire_date > now()"


class Subscription:
    """One open page: its channels, the session it belongs to, and what it has not been told yet."""

    def __init__(self, channels: Iterable[str], session_key: str, user_id: int | None = None) -> None:
        self.channels = frozenset(channels)
        self.session_key = session_key
        self.user_id = user_id
        self.ended = False
        self._waiting: dict[str, list[str]] = {}
        self._something = asyncio.Event()

    def tell(self, channel: str, ids: list[str]) -> None:
        """Note that the channel changed. Two changes not yet told become one without ids."""
        self._waiting[channel] = [] if channel in self._waiting else ids
        self._something.set()

    def end(self) -> None:
        """Close the stream at once."""
        self.ended = True
        self._something.set()

    async def next(self, timeout_seconds: float) -> list[dict[str, Any]]:
        """What changed since the last call; empty after `timeout_seconds` of quiet."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._something.wait(), timeout_seconds)
        self._something.clear()
        told, self._waiting = self._waiting, {}
        return [{"channel": channel, "ids": ids} for channel, ids in told.items()]


class Hub:
    """Listens while anybody is there to be told; connects again, with growing pauses, when the database goes away."""

    def __init__(self) -> None:
        # In the order of joining: a dictionary keeps it, a set does not.
        self._subscriptions: dict[Subscription, None] = {}
        self._listener: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._subscriptions)

    def join(self, subscription: Subscription) -> None:
        """Begin to tell this page; one page too many of a user ends the user's oldest. Called in the event loop."""
        own = [known for known in self._subscriptions if known.user_id == subscription.user_id is not None]
        for oldest in own[: max(0, len(own) + 1 - MOST_OF_A_USER)]:
            oldest.end()
            self._subscriptions.pop(oldest)
        self._subscriptions[subscription] = None
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())

    def leave(self, subscription: Subscription) -> None:
        """Tell this page no more; the last one to leave hangs up."""
        self._subscriptions.pop(subscription, None)
        if not self._subscriptions and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with await _connect() as connection:
                    await connection.execute(f'LISTEN "{NOTIFY_CHANNEL}"')
                    self._tell_all()
                    failures = 0
                    while True:
                        await self._hear(connection)
            except psycopg.Error as error:
                pause = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]
                failures += 1
                logger.warning("Live pages lost the database (%s); again in %s s.", type(error).__name__, pause)
                await asyncio.sleep(pause)

    async def _hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Pass on what comes within a while, then end the streams of sessions that are over."""
        async for note in connection.notifies(timeout=LOOK_SECONDS):
            message = json.loads(note.payload)
            self._tell(message["channel"], message["ids"])
        keys = list({subscription.session_key for subscription in self._subscriptions})
        alive = {row[0] for row in await (await connection.execute(_ALIVE, (keys,))).fetchall()}
        for subscription in self._subscriptions:
            if subscription.session_key not in alive:
                subscription.end()

    def _tell(self, channel: str, ids: list[str]) -> None:
        for subscription in self._subscriptions:
            if channel == ENDED and subscription.session_key in ids:
                subscription.end()
            elif channel in subscription.channels:
                subscription.tell(channel, ids)

    def _tell_all(self) -> None:
        """Nobody knows what was missed before the line stood: each page looks once."""
        for subscription in self._subscriptions:
            for channel in subscription.channels:
                subscription.tell(channel, [])


async def _connect() -> psycopg.AsyncConnection[Any]:
    """A connection that stays: LISTEN needs one, so a pooler in between is gone round when there is a direct address."""
    if settings.DATABASE_LISTEN_URL:
        address = make_conninfo(settings.DATABASE_LISTEN_URL, application_name="quayside-live")
        return await psycopg.AsyncConnection.connect(address, autocommit=True)
    parameters: dict[str, Any] = connections["default"].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    parameters["application_name"] = "quayside-live"
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)


hub = Hub()
"""This process's hub; it lives in the one event loop of the server's process."""
