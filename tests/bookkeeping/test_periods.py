"""Closed books: closed by one, opened again by two, and what the database says to anybody who tries alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.clock import now
from portal.base.errors import Refused
from portal.bookkeeping import services
from portal.ledger import services as ledger
from portal.ledger.models import Period, PeriodReopening
from tests.cast import TODAY, Cast, make_user

SignIn = Callable[..., Client]
OCTOBER, SEPTEMBER = date(2026, 10, 31), date(2026, 9, 30)


@pytest.fixture
def closed(cast: Cast) -> Cast:
    services.close_books(branch=cast.north, through=OCTOBER, by=cast.operations_manager, at=now())
    return cast


def _asked(cast: Cast, through: date = SEPTEMBER, reason: str = "A reversal of October") -> Request:
    return services.ask_to_reopen(
        branch=cast.north, through=through, reason=reason, by=cast.operations_manager, at=now()
    )


def test_two_people_open_closed_books_again(closed: Cast) -> None:
    second = make_user(Role.OPERATIONS_MANAGER, "Second Operations")
    decide(request=_asked(closed), approve=True, by=second, at=now())
    assert Period.objects.get(branch=closed.north).closed_through == SEPTEMBER
    reopening = PeriodReopening.objects.get()
    assert (reopening.asked_by, reopening.approved_by) == (closed.operations_manager, second)
    assert reopening.reason == "A reversal of October"


def test_one_person_alone_does_not(closed: Cast) -> None:
    with pytest.raises(Refused):
        decide(request=_asked(closed), approve=True, by=closed.operations_manager, at=now())
    period = Period.objects.get(branch=closed.north)
    with pytest.raises(IntegrityError, match="ledger_reopening_second_person"), transaction.atomic():
        ledger.reopen_period(
            period=period,
            through=SEPTEMBER,
            reason="Alone",
            by=closed.operations_manager,
            approved_by=closed.operations_manager,
            at=now(),
        )
    assert Period.objects.get(branch=closed.north).closed_through == OCTOBER


def test_the_database_refuses_an_earlier_day_without_a_row(closed: Cast) -> None:
    with pytest.raises(DatabaseError, match="stay closed through"), transaction.atomic():
        Period.objects.filter(branch=closed.north).update(closed_through=SEPTEMBER)


def test_an_old_reopening_opens_nothing_twice(closed: Cast) -> None:
    second = make_user(Role.OPERATIONS_MANAGER, "Second Operations")
    decide(request=_asked(closed), approve=True, by=second, at=now())
    once = PeriodReopening.objects.get()
    services.close_books(branch=closed.north, through=OCTOBER, by=closed.operations_manager, at=now())
    with pytest.raises(DatabaseError, match="stay closed through"), transaction.atomic():
        Period.objects.filter(branch=closed.north).update(closed_through=SEPTEMBER, closed_at=once.at)


@pytest.mark.parametrize("through", [OCTOBER, TODAY])
def test_a_day_that_is_not_earlier_is_refused(closed: Cast, through: date) -> None:
    with pytest.raises(Refused, match="Name a day before it"):
        _asked(closed, through)


def test_books_that_are_open_do_not_open_again(cast: Cast) -> None:
    with pytest.raises(Refused, match="not closed"):
        _asked(cast)


def test_the_pages_close_and_ask(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    assert 'value="2026-10-31"' in client.get(f"/books/periods/{cast.north.pk}/close/").content.decode()
    assert client.post(f"/books/periods/{cast.north.pk}/close/", {"through": "2026-10-31"}).status_code == 303
    again = client.post(f"/books/periods/{cast.north.pk}/close/", {"through": "2026-11-21"})
    assert again.status_code == 422
    assert "open business day cannot be closed" in again.content.decode()
    asked = client.post(f"/books/periods/{cast.north.pk}/reopen/", {"through": "2026-09-30", "reason": "A reversal"})
    assert asked.status_code == 303
    assert "31 Oct 2026" in client_for(cast.auditor).get("/books/periods/").content.decode()


def test_a_manager_sees_the_own_branch_and_closes_nothing(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.manager)
    text = client.get("/books/periods/").content.decode()
    assert str(cast.north) in text
    assert str(cast.south) not in text
    assert client.get(f"/books/periods/{cast.north.pk}/close/").status_code == 403
