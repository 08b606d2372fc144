"""The journal of a session, a branch's day in cash, and how a drawer gets on with the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.counter.journals import journal_of, journal_pdf
from portal.counter.services import call_next
from portal.drawers.days import day_of
from portal.drawers.models import DrawerSession
from portal.drawers.queries import report
from tests.cast import NOW, TODAY, Cast, ghs
from tests.counter.working import pay_out, take_in
from tests.drawers.working import counted, opened

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    session = opened(cast.drawer, cast.cashier)
    take_in(session, cast.ama_savings, "250")
    pay_out(session, cast.kofi_savings, "50")
    return session


def html(response: Any) -> str:
    return str(response.content.decode())


def test_the_journal_has_every_movement_and_agrees_with_the_report(session: DrawerSession) -> None:
    journal = journal_of(session)
    assert [(line.holder, line.received, line.paid) for line in journal.lines] == [
        ("Ama Mensah", ghs("250.00"), None),
        ("Kofi Boateng", None, ghs("50.00")),
    ]
    told = report(session)
    assert (journal.received, journal.paid) == (told.received, told.paid)


def test_its_own_cashier_sees_it_once_the_drawer_is_counted(
    cast: Cast, session: DrawerSession, client_for: ClientFor
) -> None:
    url, cashier = reverse("counter_journal", args=[session.pk]), client_for(cast.cashier)
    assert "250.00" not in html(cashier.get(url))
    assert cashier.post(reverse("counter_journal_paper", args=[session.pk])).status_code == 404
    with pytest.raises(DrawerSession.DoesNotExist):
        journal_pdf(by=cast.cashier, at=NOW, session=session.pk)
    assert "250.00" in html(client_for(cast.manager).get(url))
    counted(session, {20000: 6})
    assert "250.00" in html(cashier.get(url))
    assert journal_pdf(by=cast.cashier, at=NOW, session=session.pk).filename.startswith("journal-")


def test_a_day_in_cash_sums_what_the_reports_of_its_drawers_say(
    cast: Cast, session: DrawerSession, client_for: ClientFor
) -> None:
    told, day = report(session), day_of(cast.north, TODAY)
    assert (day.total.opening, day.total.received, day.total.paid) == (told.opening, told.received, told.paid)
    assert (day.total.expected, day.is_over) == (told.expected, False)
    client = client_for(cast.manager)
    assert "not final" in html(client.get(reverse("drawer_day")))
    counted(session, {20000: 6})
    page = html(client.get(reverse("drawer_day")))
    assert "not final" not in page
    assert "Z 000001" in page
    assert "No drawer was open" in html(client.get(reverse("drawer_day"), {"day": "2001-01-01"}))


def test_only_the_manager_reads_how_long_each_member_takes(
    cast: Cast, session: DrawerSession, client_for: ClientFor
) -> None:
    for minutes in (0, 3, 5):
        call_next(session=session, by=cast.cashier, at=NOW + timedelta(minutes=minutes))
    url = reverse("counter_position")
    assert "2.5" in html(client_for(cast.manager).get(url))
    assert "Minutes each" not in html(client_for(cast.operations_manager).get(url))
