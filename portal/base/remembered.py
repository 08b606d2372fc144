"""What many pages read and hardly ever changes: kept in memory for some seconds, so that it is read once for all of them.

Only for what a page shows. What decides about money is read afresh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from time import monotonic
from typing import ParamSpec, TypeVar

from django.conf import settings

P = ParamSpec("P")
R = TypeVar("R")


def remembered(read: Callable[P, R]) -> Callable[P, R]:
    """Answer as `read` did, at most `PROFILE_CACHE_SECONDS` ago, for the same hashable arguments.

    For questions with few possible answers: nothing is ever thrown away but by asking again.
    """
    known: dict[Hashable, tuple[R, float]] = {}

    @wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        question = (args, tuple(kwargs.items()))
        answer = known.get(question)
        if answer is None or monotonic() >= answer[1]:
            known[question] = answer = (read(*args, **kwargs), monotonic() + settings.PROFILE_CACHE_SECONDS)
        return answer[0]

    return asked
