"""Chats: a thousand customers whose open pages ask whether something is new, and nothing is.

What one such request costs, as a part of what an empty view does; and that each is one light answer, 304.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from deploy.bench.ground import Ground
from deploy.bench.table import Figure

FULL, QUICK = 1000, 20
LEAST = 0.4
"""How many polls are served in the time of one request to a view that draws nothing, at least."""
MOST_QUERIES = 6
NOT_MODIFIED = 304


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    chats = QUICK if quick else FULL
    with ground.fresh("chat"):
        from deploy.bench.bank import make_bank, make_users

        users = make_users(make_bank(chats, funded=False), chats)
        polls = [_opened(user) for user in users]
        return _figures(polls, rounds=1 if quick else 3)


def _opened(user: Any) -> tuple[Any, str, str]:
    """A customer's browser with a chat in which something was said; its address and the mark of what is shown."""
    from deploy.bench.browser import Browser
    from portal.base.clock import now
    from portal.support.models import Chat, ChatLine
    from portal.support.queries import mark_of

    at = now()
    chat = Chat.objects.create(customer=user.customer, branch=user.customer.branch, began_at=at, said_at=at, count=1)
    ChatLine.objects.create(
        chat=chat, number=1, author=user, is_staff=False, text="Hello", at=at, key=f"bench:{chat.pk}"
    )
    return Browser(user), f"/chats/{chat.pk}/lines/", f'"{mark_of(user, chat, at=at)}"'


def _figures(polls: list[tuple[Any, str, str]], *, rounds: int) -> list[Figure]:
    answers: set[int] = set()
    ours, bare = [], []
    for _ in range(rounds):
        for browser, path, mark in polls:
            ours.append(_seconds(lambda: answers.add(browser.get(path, etag=mark).status)))  # noqa: B023  # called at once
            bare.append(_seconds(lambda: browser.get("/bench/bare/")))  # noqa: B023  # called at once
    poll, empty = statistics.median(ours), statistics.median(bare)
    ratio = empty / poll
    queries = _queries(lambda: polls[0][0].get(polls[0][1], etag=polls[0][2]))
    return [
        Figure(
            f"{len(polls):,} open chats ask whether something is new",
            f"{1 / poll:,.0f} requests a second",
            f"empty view {1 / empty:,.0f}",
            f"{ratio:.2f}",
            f"≥ {LEAST}",
            met=ratio >= LEAST,
        ),
        Figure(
            "every answer is 304",
            ", ".join(map(str, sorted(answers))),
            target="304",
            met=answers == {NOT_MODIFIED},
            exact=True,
        ),
        Figure(
            "statements of one poll", str(queries), target=f"≤ {MOST_QUERIES}", met=queries <= MOST_QUERIES, exact=True
        ),
    ]


def _queries(visit: Callable[[], object]) -> int:
    from django.db import connection

    count = 0

    def counting(execute: Callable[..., Any], *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    with connection.execute_wrapper(counting):
        visit()
    return count


def _seconds(visit: Callable[[], object]) -> float:
    begun = time.perf_counter()
    visit()
    return time.perf_counter() - begun
