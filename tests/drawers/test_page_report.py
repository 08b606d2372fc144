"""X and Z reports and the list of sessions: who sees which, and what is told before the count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.drawers.models import DrawerSession
from tests.cast import NOW, Cast
from tests.drawers.working import cash, counted, opened

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def session(cast: Cast) -> DrawerSession:
    session = opened(cast.drawer, cast.cashier)
    cash(session, 25_000)
    cash(session, -1_000)
    return session


def html(response: Any) -> str:
    return str(response.content.decode())


def report_for(user: Any, session: DrawerSession, client_for: ClientFor) -> Any:
    return client_for(user).get(reverse("drawer_report", args=[session.pk]))


@pytest.mark.parametrize("role", [Role.CASHIER, Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR])
def test_who_sees_a_report(cast: Cast, session: DrawerSession, client_for: ClientFor, role: Role) -> None:
    assert report_for(cast.of_role(role), session, client_for).status_code == 200


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.MOBILE_BANKER, Role.ADMINISTRATOR])
def test_who_may_not(cast: Cast, session: DrawerSession, client_for: ClientFor, role: Role) -> None:
    assert report_for(cast.of_role(role), session, client_for).status_code == 403


def test_another_branchs_drawer_is_not_found(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    for rival in (cast.rival_cashier, cast.rival_manager):
        assert report_for(rival, session, client_for).status_code == 404
        assert "Akua" not in html(client_for(rival).get(reverse("drawer_list")))


def test_the_cashier_is_not_told_what_to_expect(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    page = html(report_for(cast.cashier, session, client_for))
    assert "X report" in page
    assert "1 × " in page
    for sum_that_tells in ("Expected", "1,240.00", "Received", "Paid out", "250.00", "10.00"):
        assert sum_that_tells not in page.replace("1,000.00", "")


def test_the_manager_is(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    assert "1,240.00" in html(report_for(cast.manager, session, client_for))


def test_while_counting_the_cashier_sees_no_figures(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    counted(session, {20000: 1})
    page = html(report_for(cast.cashier, session, client_for))
    assert "is being counted" in page
    assert "250.00" not in page


def test_z_says_what_was_counted_and_what_was_missing(
    cast: Cast, session: DrawerSession, client_for: ClientFor
) -> None:
    for note in ("", "Not known"):
        counted(session, {20000: 6}, note=note)
    decide(request=Request.objects.get(), approve=True, by=cast.manager, at=NOW)
    page = html(report_for(cast.cashier, session, client_for))
    for told in ("Z no. 000001", "1,240.00", "1,200.00", "Short", "−40.00", "Above the tolerance", "6 ×"):
        assert told in page


def test_a_reprint_says_copy(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    counted(session, {20000: 6, 2000: 2})
    address = reverse("drawer_report", args=[session.pk])
    assert "COPY" not in html(client_for(cast.cashier).get(address))
    assert "COPY" in html(client_for(cast.cashier).get(address, {"copy": "1"}))


def test_the_list_links_to_the_reports(cast: Cast, session: DrawerSession, client_for: ClientFor) -> None:
    page = html(client_for(cast.cashier).get(reverse("drawer_list")))
    assert reverse("drawer_report", args=[session.pk]) in page
