"""What waits to be told to one page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from portal.live.hub import MOST_OF_A_USER, Hub, Subscription, _connect


def test_changes_not_yet_told_become_one_a_channel() -> None:
    async def told() -> list[dict[str, object]]:
        page = Subscription(["a:1", "a:2"], "session")
        for number in range(10_000):
            page.tell("a:1", [str(number)])
        page.tell("a:2", ["x"])
        return await page.next(0.01)

    assert asyncio.run(told()) == [{"channel": "a:1", "ids": []}, {"channel": "a:2", "ids": ["x"]}]


def test_quiet_is_nothing_and_what_comes_later_is_told_later() -> None:
    async def told() -> list[object]:
        page = Subscription(["a:1"], "session")
        quiet = await page.next(0.01)
        page.tell("a:1", [])
        return [quiet, await page.next(0.01), await page.next(0.01)]

    assert asyncio.run(told()) == [[], [{"channel": "a:1", "ids": []}], []]


def test_a_user_keeps_six_streams_and_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(hub: Hub) -> None:
        await asyncio.sleep(0)

    async def streams() -> list[bool]:
        hub, pages = Hub(), [Subscription(["a:1"], f"s{number}", 7) for number in range(MOST_OF_A_USER + 2)]
        other = Subscription(["a:1"], "other", 8)
        hub.join(other)
        for page in pages:
            hub.join(page)
        assert len(hub) == MOST_OF_A_USER + 1
        hub.leave(pages[0])
        return [other.ended, *(page.ended for page in pages)]

    monkeypatch.setattr(Hub, "_listen", silence)
    assert asyncio.run(streams()) == [False, True, True, *[False] * MOST_OF_A_USER]


def test_a_direct_address_is_listened_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a pooler that hands connections round, LISTEN would be heard by nobody."""
    seen: list[str] = []

    async def connect(address: str, **options: Any) -> None:
        seen.append(address)

    monkeypatch.setattr("psycopg.AsyncConnection.connect", connect)
    settings.DATABASE_LISTEN_URL = "postgresql://quayside_app@db.example/quayside"
    asyncio.run(_connect())
    assert "host=db.example" in seen[0]
