"""The monthly statements of all accounts: once a month, one row an account, whoever is killed or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.audit.models import Event
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.documents.models import Document
from portal.outbox.models import Job
from portal.statements import services
from portal.statements.models import IssuedStatement, StatementRun
from portal.statements.services import papers
from tasks import runner, statements
from tasks.tasks import HANDLERS
from tests.books import old_days, pay_in
from tests.cast import NOW, Cast

SignIn = Callable[..., Client]
OCTOBER = date(2026, 10, 15)
SITE = "https://bank.example"


@pytest.fixture
def october(cast: Cast) -> Cast:
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "20.00", day=date(2026, 10, 5))
    return cast


def _ask(cast: Cast, key: str = "one") -> StatementRun:
    return services.ask_for_run(month=OCTOBER, origin=SITE, key=key, by=cast.operations_manager, at=NOW)


def _work() -> None:
    while runner.drain(HANDLERS):
        pass


def test_every_account_gets_its_signed_statement(october: Cast) -> None:
    run = _ask(october)
    _work()
    run.refresh_from_db()
    assert run.finished_at is not None
    assert (run.accounts, run.statements.filter(document__isnull=False).count()) == (4, 4)
    document = run.statements.get(account=october.ama_savings).document
    assert document is not None
    assert (document.owner, document.expires_at, document.signed_with is not None) == (None, None, True)


def test_a_month_longer_than_one_document_is_issued_in_parts(
    october: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = october.ama_savings
    with old_days(october.north, date(2026, 10, 1)):
        for day in range(6, 11):
            pay_in(account, "1.00", day=date(2026, 10, day))
    monkeypatch.setattr(papers, "MOST_PART_ROWS", 2)
    run = _ask(october)
    _work()
    issued = run.statements.get(account=account)
    assert (issued.trouble, [part.number for part in issued.parts.all()]) == ("", [2, 3])
    client = client_for(october.ama_user)
    assert "part 3" in client.get(reverse("statement_choose"), {"account": account.number}).content.decode()
    url = reverse("statement_issued", args=[issued.pk])
    files = [b"".join(client.get(url, {"part": part})) for part in ("1", "2", "3")]
    assert len({file for file in files if file.startswith(b"%PDF")}) == 3
    assert [client.get(url, {"part": part}).status_code for part in ("0", "4", "x", "9" * 9)] == [422] * 4


def test_the_owner_is_told_once_and_without_amounts(october: Cast) -> None:
    _ask(october)
    _work()
    told = [sent for sent in mail.outbox if sent.to == [october.ama_user.email]]
    assert len(told) == 1  # though she has two accounts
    assert f"{SITE}/statements/" in told[0].body
    assert "20.00" not in told[0].body


def test_asking_again_makes_nothing_twice(october: Cast) -> None:
    for key in ("one", "one", "two"):
        _ask(october, key)
        _work()
    assert StatementRun.objects.count() == 1
    assert (IssuedStatement.objects.count(), Document.objects.count()) == (4, 4)


def test_a_killed_worker_goes_on_where_it_was(october: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run = _ask(october)
    made: list[Any] = []
    real = services.issued

    class Killed(BaseException):
        pass

    def killing(**given: Any) -> Any:
        if len(made) == 2:
            raise Killed
        made.append(given["account"])
        return real(**given)

    monkeypatch.setattr(services, "issued", killing)
    job = Job.objects.get(kind="statements.month")
    with pytest.raises(Killed):
        statements.run_month(job, at=NOW, progress=_quiet)
    monkeypatch.setattr(services, "issued", real)
    assert run.statements.filter(document__isnull=False).count() == 2
    _work()
    assert run.statements.filter(document__isnull=False).count() == 4
    assert Document.objects.count() == 4


def _quiet(done: int, total: int, text: str = "") -> None:
    """Progress that nobody looks at."""


def test_long_runs_go_on_in_another_job(october: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_A_JOB", 3)
    run = _ask(october)
    _work()
    run.refresh_from_db()
    assert Job.objects.filter(kind="statements.month").count() == 2
    assert (run.finished_at is not None, run.statements.filter(document__isnull=False).count()) == (True, 4)


def test_one_accounts_trouble_is_named_and_the_others_go_on(
    october: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = services.statement_plans

    def failing(found: Any, *given: Any, **named: Any) -> Any:
        if found.account == october.kofi_savings:
            raise Refused("This one is too large.")
        return real(found, *given, **named)

    monkeypatch.setattr(services, "statement_plans", failing)
    run = _ask(october)
    _work()
    text = client_for(october.operations_manager).get(f"/statements/months/{run.pk}/").content.decode()
    assert "Not issued: 1" in text
    assert "This one is too large." in text
    assert "Kofi Boateng" in text
    monkeypatch.setattr(services, "statement_plans", real)
    _ask(october, "again")
    _work()
    assert not run.statements.exclude(trouble="").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_issue_each_statement_once(october: Cast) -> None:
    run, together = _ask(october), Barrier(2)
    kept: list[Document] = []

    def issue() -> None:
        together.wait()
        services.issued(run=run, account=october.ama_savings, keep=lambda: _kept(kept), origin=SITE, at=NOW)
        connection.close()

    threads = [Thread(target=issue) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == IssuedStatement.objects.filter(document__isnull=False).count() == 1


def _kept(kept: list[Document]) -> list[Document]:
    from portal.documents.services import store

    kept.append(
        store(
            kind="statement", title="S", filename="s.pdf", media_type="application/pdf", body=b"%PDF", by=None, at=NOW
        )
    )
    return kept[-1:]


def test_a_month_that_is_not_over_everywhere_is_refused(cast: Cast) -> None:
    cast.south.business_date = date(2026, 10, 31)
    cast.south.save()
    with pytest.raises(Refused, match="not over yet at South"):
        _ask(cast)
    assert not Job.objects.exists()


@pytest.mark.parametrize(("day", "asked"), [(2, 1), (21, 0)])
def test_the_first_days_of_a_month_ask_by_themselves(cast: Cast, day: int, asked: int) -> None:
    for branch in (cast.north, cast.south):
        branch.business_date = date(2026, 11, day)
        branch.save()
    for _ in range(2):
        services.ask_for_due_run(at=NOW)
    assert Job.objects.filter(kind="statements.month").count() == asked


def test_accounts_that_were_not_open_yet_or_closed_before_get_none(october: Cast) -> None:
    october.kofi_savings.opened_on = date(2026, 11, 2)
    october.kofi_savings.save()
    october.outsider_savings.state = "closed"
    october.outsider_savings.save()
    run = _ask(october)
    assert run.accounts == 2


def test_who_may_take_an_issued_statement_away(october: Cast, client_for: SignIn) -> None:
    _ask(october)
    _work()
    url = f"/statements/issued/{IssuedStatement.objects.get(account=october.ama_savings).pk}/"
    status = {role: client_for(october.of_role(role)).get(url).status_code for role in Role}
    may = {Role.CUSTOMER, Role.CASHIER, Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR}
    assert status == {role: 200 if role in may else 403 for role in Role}
    for other in (october.kofi_user, october.rival_manager):
        assert client_for(other).get(url).status_code == 404
    takers = set(Event.objects.filter(verb="statement downloaded").values_list("actor", flat=True))
    assert takers == {october.of_role(role).pk for role in may}


def test_the_page_asks_shows_and_refuses(october: Cast, client_for: SignIn) -> None:
    client = client_for(october.operations_manager)
    answer = client.post("/statements/months/", {"key": new_key(), "month": "2026-10-01"})
    run = StatementRun.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/statements/months/{run.pk}/")
    assert "0 of 4" in client.get(f"/statements/months/{run.pk}/").content.decode()
    assert client.post("/statements/months/", {"key": new_key(), "month": "2026-11-01"}).status_code == 422
    assert "October 2026" in client.get("/statements/months/").content.decode()
