"""What waits to be told to one page."""

from __future__ import annotations

import asyncio

from portal.live.hub import Subscription


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
