"""Packs for an auditor: who is in them, what is in them, and that a part of one is never handed out."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.documents.models import Document
from portal.documents.services import forget_expired
from portal.outbox.models import Job
from portal.statements import services
from portal.statements.models import PackAccount, StatementPack
from portal.statements.periods import Period
from portal.statements.queries import statement
from portal.statements.services import Choice, PackWanted, packs
from tasks import runner, statements
from tasks.tasks import HANDLERS
from tests.books import pay_in
from tests.cast import NOW, TODAY, Cast, ghs, make_account

SignIn = Callable[..., Client]
YEAR = Period(TODAY.replace(month=1, day=1), TODAY.replace(month=12, day=31))
SITE = "https://bank.example"


def _ask(cast: Cast, key: str = "one", formats: tuple[str, ...] = ("csv",), **choice: Any) -> StatementPack:
    wanted = PackWanted(choice=Choice(**choice), period=YEAR, formats=formats)
    return services.ask_for_pack(wanted=wanted, origin=SITE, key=key, by=cast.auditor, at=NOW)


def _work() -> None:
    while runner.drain(HANDLERS):
        pass


def _numbers(pack: StatementPack) -> list[str]:
    return list(pack.accounts.values_list("account__number", flat=True))


def _zip(client: Client, pack: StatementPack) -> zipfile.ZipFile:
    answer = client.get(f"/statements/packs/{pack.pk}/statements.zip")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]  # it streams


def test_the_manifest_names_each_file_with_its_balances_and_hash(cast: Cast, client_for: SignIn) -> None:
    pay_in(cast.ama_savings, "5.00", memo="=1+1")
    pack = _ask(cast, formats=("pdf", "csv", "camt"))
    _work()
    archive = _zip(client_for(cast.auditor), pack)
    assert archive.testzip() is None
    rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode(), newline="")))
    assert {row["file"] for row in rows} | {"manifest.csv"} == set(archive.namelist())
    assert len(rows) == 4 * 3
    for row in rows:
        assert row["sha256"] == hashlib.sha256(archive.read(row["file"])).hexdigest()
    found = statement(cast.ama_savings, YEAR.start, YEAR.end)
    mine = {(row["rows"], row["opening"], row["closing"]) for row in rows if row["account"] == found.account.number}
    assert mine == {(str(len(found.lines)), "0.00", "1005.00")}


def test_the_same_pack_is_the_same_zip(cast: Cast, client_for: SignIn) -> None:
    pack = _ask(cast)
    _work()
    client = client_for(cast.auditor)
    first, second = (client.get(f"/statements/packs/{pack.pk}/statements.zip") for _ in range(2))
    assert b"".join(first.streaming_content) == b"".join(second.streaming_content)  # type: ignore[attr-defined]


def test_accounts_are_chosen_by_branch_number_sample_and_balance(cast: Cast) -> None:
    north = [cast.ama_savings.number, cast.ama_current.number, cast.kofi_savings.number]
    assert set(_numbers(_ask(cast, "a", branch=cast.north))) == set(north)
    assert _numbers(_ask(cast, "b", numbers=[cast.outsider_savings.number, north[0], north[0]])) == [
        cast.outsider_savings.number,
        north[0],
    ]
    assert _numbers(_ask(cast, "c", largest=2)) == [cast.ama_savings.number, cast.kofi_savings.number]


def test_a_sample_is_drawn_again_by_its_seed(cast: Cast) -> None:
    for _ in range(20):
        make_account(cast.ama, cast.savings, balance=ghs("1.00"))
    drawn = [_numbers(_ask(cast, new_key(), sample=5, seed=seed)) for seed in ("x", "x", "y")]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 5


def test_unknown_numbers_are_named_and_nothing_is_asked(cast: Cast) -> None:
    with pytest.raises(Refused, match="999999999999"):
        _ask(cast, numbers=[cast.ama_savings.number, "999999999999"])
    assert not StatementPack.objects.exists()


def test_more_than_a_pack_holds_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "MOST_ACCOUNTS", 3)
    with pytest.raises(Refused) as refusal:
        _ask(cast)
    assert refusal.value.code == "too_many"


def test_the_same_key_asks_for_one_pack(cast: Cast) -> None:
    assert _ask(cast).pk == _ask(cast).pk
    assert Job.objects.filter(kind="statements.pack").count() == 1


def test_a_part_is_never_handed_out(cast: Cast, client_for: SignIn) -> None:
    pack, client = _ask(cast), client_for(cast.auditor)
    with pytest.raises(_Stopped):
        statements.run_pack(Job.objects.get(kind="statements.pack"), at=NOW, progress=_stopping(after=2))
    pack.refresh_from_db()
    assert pack.accounts.filter(made_at__isnull=False).count() == 2
    assert client.get(f"/statements/packs/{pack.pk}/statements.zip").status_code == 422
    assert "Download ZIP" not in client.get(f"/statements/packs/{pack.pk}/").content.decode()
    _work()
    assert len(_zip(client, pack).namelist()) == 5
    assert Document.objects.count() == 4


class _Stopped(Exception):
    """As when the lease is lost."""


def _stopping(*, after: int) -> Any:
    calls = []

    def progress(done: int, total: int, text: str = "") -> None:
        calls.append(done)
        if len(calls) > after:
            raise _Stopped

    return progress


def test_a_long_pack_goes_on_in_another_job_and_its_asker_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_A_JOB", 3)
    pack = _ask(cast)
    _work()
    pack.refresh_from_db()
    assert pack.finished_at is not None
    assert Job.objects.filter(kind="statements.pack").count() == 2
    told = [sent for sent in mail.outbox if sent.to == [cast.auditor.email]]
    assert [f"{SITE}/statements/packs/{pack.pk}/" in sent.body for sent in told] == [True]


def test_what_is_refused_for_one_account_ends_the_pack_in_words(
    cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*given: Any, **named: Any) -> Any:
        raise Refused("This one is too large.")

    monkeypatch.setattr(services, "statement_plans", refused)
    pack = _ask(cast, formats=("pdf",))
    _work()
    text = client_for(cast.auditor).get(f"/statements/packs/{pack.pk}/").content.decode()
    assert "This one is too large." in text
    assert not PackAccount.objects.filter(made_at__isnull=False).exists()


def test_a_pack_is_kept_for_a_day(cast: Cast, client_for: SignIn) -> None:
    pack = _ask(cast)
    _work()
    StatementPack.objects.update(expires_at=pack.asked_at, finished_at=pack.asked_at)
    answer = client_for(cast.auditor).get(f"/statements/packs/{pack.pk}/statements.zip")
    assert answer.status_code == 422
    assert forget_expired(at=now() + timedelta(days=3)) == 4


def test_a_pack_is_its_askers_alone(cast: Cast, client_for: SignIn) -> None:
    pack = _ask(cast)
    for path in ("", "statements.zip"):
        assert client_for(cast.operations_manager).get(f"/statements/packs/{pack.pk}/{path}").status_code == 404
        assert client_for(cast.manager).get(f"/statements/packs/{pack.pk}/{path}").status_code == 403


def test_the_form_asks_for_what_is_missing_and_loses_nothing(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    given = {
        "key": new_key(),
        "how": "sample",
        "start": "2026-01-01",
        "end": "2026-12-31",
        "formats": ["csv"],
        "seed": "s7",
    }
    answer = client.post("/statements/packs/", given)
    assert answer.status_code == 422
    assert "Enter how many accounts." in answer.content.decode()
    assert 'value="s7"' in answer.content.decode()
    assert client.post("/statements/packs/", {**given, "count": "2"}).status_code == 303
    assert StatementPack.objects.get().chosen == "Sample of 2 accounts of all branches, seed s7"
    numbers = f"{cast.ama_savings.number}, {cast.kofi_savings.number}"
    answer = client.post("/statements/packs/", {**given, "key": new_key(), "how": "numbers", "numbers": numbers})
    assert answer.status_code == 303
