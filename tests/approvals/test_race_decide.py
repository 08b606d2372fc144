"""Two who decide at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from portal.approvals.models import Decision, Request
from portal.approvals.services import decide, withdraw
from portal.base.errors import Refused
from tests.approvals.acts import asked
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def race(*tries: Callable[[], Request]) -> list[str]:
    """What each of them is told when all answer at the same moment."""
    together = Barrier(len(tries))

    def answer(attempt: Callable[[], Request]) -> str:
        try:
            together.wait(10)
            return attempt().state
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(future.result() for future in [pool.submit(answer, each) for each in tries])


def test_the_first_of_two_deciders_wins(cast: Cast) -> None:
    request = asked(cast)
    told = race(
        lambda: decide(request=request, approve=True, by=cast.manager, at=NOW),
        lambda: decide(request=request, approve=False, comment="No.", by=cast.operations_manager, at=NOW),
    )
    assert told in (["carried_out", "stale"], ["rejected", "stale"])
    assert Decision.objects.count() == 1


def test_eight_clicks_of_one_decider_carry_out_once(cast: Cast) -> None:
    request = asked(cast)
    told = race(*[lambda: decide(request=request, approve=True, by=cast.manager, at=NOW)] * 8)
    assert told == ["carried_out", *["stale"] * 7]


def test_taking_back_and_approving_meet(cast: Cast) -> None:
    request = asked(cast)
    told = race(
        lambda: decide(request=request, approve=True, by=cast.manager, at=NOW),
        lambda: withdraw(request=request, by=cast.cashier, at=NOW),
    )
    assert told in (["carried_out", "stale"], ["stale", "withdrawn"])


def test_the_same_thing_asked_for_at_once_waits_once(cast: Cast) -> None:
    told = race(*[lambda: asked(cast)] * 4)
    assert told == ["waiting", *["waits_already"] * 3]
    assert Request.objects.count() == 1
