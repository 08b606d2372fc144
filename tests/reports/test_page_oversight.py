"""The pictures of control, the exceptions, the chains: within whose reach, what they count, and what reading them leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.roles import Role
from portal.audit.models import Event
from portal.audit.refusals import LIMIT_EXCEEDED, PERMISSION_REFUSED
from portal.base.clock import now
from portal.base.keys import new_key
from portal.deposits.services import set_limit, transfer
from portal.ledger.models import Entry
from portal.ledger.services import reverse_entry, seal
from portal.outbox.models import Job
from portal.reports import exceptions, oversight
from portal.reports.chains import VERIFIED
from portal.reports.exceptions import findings
from portal.reports.oversight import BEYOND, FAILED, REFUSED, SIGNED_IN, Period, watched
from portal.signin.models import SignInAttempt
from tasks.verify import ask_each_night, run
from tests.cast import NOW, TODAY, Cast, ghs
from tests.deposits.test_page_plans import words

ClientFor = Callable[..., Client]
PAGES = ("oversight", "exception_list", "chain_state")
A_DAY = timedelta(days=1)


def today() -> Period:
    return Period(now().date(), now().date())


def counts(period: Period) -> Any:
    return watched(period)[0]


def found(period: Period) -> dict[str, int]:
    return {finding.code: finding.count for finding in findings(period)}


def sent(cast: Cast, at: datetime = NOW, by: Any = None) -> Entry:
    posted = transfer(
        source=cast.ama_savings,
        target=cast.kofi_savings,
        amount=ghs("1.00"),
        key=new_key(),
        by=by or cast.ama_user,
        at=at,
    )
    return Entry.objects.get(pk=posted.entry_id)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", PAGES)
def test_who_may_look(cast: Cast, client_for: ClientFor, role: Role, name: str) -> None:
    answer = client_for(cast.of_role(role)).get(reverse(name))
    assert answer.status_code == (200 if role in {Role.ADMINISTRATOR, Role.AUDITOR} else 403)


def test_a_refused_page_is_written_down_with_who_and_what(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.cashier).get(reverse("audit_trail")).status_code == 403
    event = Event.objects.get(verb=PERMISSION_REFUSED)
    assert (event.actor, event.subject, event.detail["path"]) == (cast.cashier, "audit_trail", "/audit/")
    assert (counts(today())[REFUSED], event.request_id != "") == (1, True)
    Client().get(reverse("audit_trail"))
    assert Event.objects.filter(verb=PERMISSION_REFUSED).count() == 1


def test_a_limit_that_held_is_written_down_though_nothing_was_posted(cast: Cast, client_for: ClientFor) -> None:
    set_limit(
        currency="GHS", at_once=ghs("5.00"), per_day=None, effective_from=NOW.date(), reason="x", by=None,
        approved_by=None, at=NOW,
    )  # fmt: skip
    from portal.base.money import Money
    from portal.deposits.pages.drafts import Draft

    draft = Draft(cast.ama_savings, cast.kofi_savings, Money(600, "GHS"), "").sealed(cast.ama_user)
    client_for(cast.ama_user).post(reverse("transfer_done"), {"draft": draft, "key": new_key()})
    assert not Entry.objects.filter(kind="transfer").exists()
    assert Event.objects.filter(verb=LIMIT_EXCEEDED, actor=cast.ama_user).count() == 1
    assert counts(today())[BEYOND] == 1


def test_the_pictures_count_what_happened(cast: Cast, client_for: ClientFor) -> None:
    for outcome in ("succeeded", "password", "code", "locked"):
        SignInAttempt.objects.create(at=now(), tried="a@example.org", user=cast.cashier, outcome=outcome)
    SignInAttempt.objects.create(at=now() - A_DAY * 40, tried="a@example.org", user=cast.cashier, outcome="succeeded")
    SignInAttempt.objects.create(at=now(), tried="b@example.org", user=cast.rival_cashier, outcome="succeeded")
    assert (counts(today())[SIGNED_IN], counts(today())[FAILED]) == (2, 2)
    assert counts(Period(now().date(), now().date(), cast.north))[SIGNED_IN] == 1
    shown = words(client_for(cast.auditor).get(reverse("oversight")))
    assert "Permission refused" in shown


def test_days_need_the_same_queries_as_one(cast: Cast) -> None:
    for period in (today(), Period(now().date() - A_DAY * 60, now().date())):
        with CaptureQueriesContext(connection) as asked:
            watched(period)
        assert len(asked) == 3


def test_staff_who_have_gone_quiet_are_named(cast: Cast) -> None:
    users = type(cast.cashier).objects
    users.update(last_login=now())
    users.filter(pk=cast.cashier.pk).update(last_login=now() - A_DAY * 31)
    users.filter(pk=cast.ama_user.pk).update(last_login=None)
    assert [user.full_name for user in oversight.dormant_staff(today(), now())] == [cast.cashier.full_name]


def test_nothing_unusual_is_said_too(cast: Cast, client_for: ClientFor) -> None:
    seal(at=NOW)
    shown = words(client_for(cast.auditor).get(reverse("exception_list"), {"since": f"{TODAY}", "until": f"{TODAY}"}))
    for said in ("0 reversals.", "0 drawers closed over or short.", "0 gaps in sealed entries of North 1.."):
        assert said in shown


def test_what_is_unusual_is_found(cast: Cast) -> None:
    period = Period(TODAY, TODAY)
    entry = sent(cast, by=cast.manager)
    reverse_entry(entry=entry, reason="Slip", key=new_key(), channel="branch", by=cast.manager, at=NOW)
    sent(cast, at=datetime(2026, 11, 21, 23, 0, tzinfo=UTC), by=cast.manager)
    type(cast.ama).objects.filter(pk=cast.ama.pk).update(email=cast.cashier.email)
    sent(cast, by=cast.cashier)
    assert found(period) | {} == {
        "reversals": 1, "back-dated": 0, "after-hours": 1, "same-person": 2, "variances": 0, "gaps": 0,
    }  # fmt: skip
    assert found(Period(TODAY, TODAY, cast.south))["reversals"] == 0


def test_a_missing_number_is_a_gap(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database lets nobody take a link out, so a run with a hole is made up."""
    monkeypatch.setattr(exceptions, "_seal_runs", lambda period: [exceptions._Run("links", 1, 5, 3)])
    finding = findings(Period(TODAY, TODAY))[-1]
    assert (finding.count, finding.rows[0].what) == (2, "links: 2 missing in 1..5")


def test_reading_the_exceptions_leaves_a_trace(cast: Cast, client_for: ClientFor) -> None:
    client_for(cast.auditor).get(reverse("exception_list"))
    assert Event.objects.filter(verb="exceptions read", actor=cast.auditor).count() == 1


@pytest.mark.parametrize("query", ["since=2026-02-02&until=2026-02-01", "since=2020-01-01", "since=x", "branch=99"])
def test_days_that_make_no_sense(cast: Cast, client_for: ClientFor, query: str) -> None:
    assert client_for(cast.auditor).get(f"{reverse('oversight')}?{query}").status_code == 422


def test_the_books_are_verified_when_somebody_asks(cast: Cast, client_for: ClientFor) -> None:
    seal(at=NOW)
    client, key = client_for(cast.auditor), new_key()
    for _ in range(2):
        assert client.post(reverse("chain_state"), {"key": key}).status_code == 303
    job = Job.objects.get(kind="books.verify")
    result = run(job, at=NOW, progress=lambda *told: None)()
    assert "intact" in result["label"]
    assert Event.objects.get(verb=VERIFIED).actor == cast.auditor
    shown = words(client.get(reverse("chain_state")))
    assert "The books were proved and the chains intact" in shown
    assert f"1..{Entry.objects.filter(branch=cast.north).count()}" in shown


def test_each_night_once(cast: Cast) -> None:
    for _ in range(2):
        ask_each_night(at=NOW)
    assert Job.objects.filter(kind="books.verify").count() == 1
