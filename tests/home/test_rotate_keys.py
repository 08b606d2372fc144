"""Another key: everything moves under it, once, and nothing is lost on the way."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.base.crypto import is_newest, keyed_hash
from portal.documents.uploads import path_of
from portal.people.models import Customer, IdentityDocument
from portal.signin.models import AuthenticatorApp
from portal.signin.services.factors import key_bytes
from tests.cast import Cast
from tests.people.filling import submitted
from tests.signin.factors import KEY, give_app

NEW = "another key of the institution, long enough for it"


def run(*options: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def member(cast: Cast) -> Customer:
    give_app(cast.auditor)
    return submitted(cast.north, cast.cashier)


def values() -> list[str]:
    papers = IdentityDocument.objects.exclude(number_encrypted="").values_list("number_encrypted", flat=True)
    return [*papers, *AuthenticatorApp.objects.values_list("secret", flat=True)]


def test_everything_moves_under_the_new_key_and_reads_the_same(member: Customer, settings: Any) -> None:
    number = IdentityDocument.objects.get(customer=member, is_current=True).number
    settings.FIELD_KEYS = [NEW]
    assert not any(is_newest(value) for value in values())
    assert "moved of" in run()
    assert all(is_newest(value) for value in values())
    paper = IdentityDocument.objects.get(customer=member, is_current=True)
    assert (paper.number, paper.number_hash) == (number, keyed_hash(number))
    assert key_bytes(AuthenticatorApp.objects.get()) == KEY
    assert member.photograph_id is not None
    assert is_newest(path_of(member.photograph_id).read_bytes())


def test_the_old_key_may_go_afterwards(member: Customer, settings: Any) -> None:
    settings.FIELD_KEYS = ["first key, long enough to be one of them", settings.SECRET_KEY]
    run()
    settings.FIELD_KEYS = [NEW, "first key, long enough to be one of them"]
    run()
    settings.FIELD_KEYS, settings.SECRET_KEY_FALLBACKS = [NEW], []
    assert IdentityDocument.objects.get(customer=member, is_current=True).number


def test_a_secret_key_that_fell_back_still_reads_and_is_left(member: Customer, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW
    assert key_bytes(AuthenticatorApp.objects.get()) == KEY
    run()
    settings.SECRET_KEY_FALLBACKS = []
    assert key_bytes(AuthenticatorApp.objects.get()) == KEY


def test_a_dry_run_changes_nothing(member: Customer, settings: Any) -> None:
    settings.FIELD_KEYS, before = [NEW], values()
    assert "Authenticator apps: 1 to move of 1." in run("--dry-run")
    assert values() == before


def test_a_second_run_finds_nothing(member: Customer, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW]
    run()
    before = values()
    assert "Identity numbers: 0 moved" in run()
    assert values() == before


def test_a_run_that_stopped_goes_on(member: Customer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FIELD_KEYS = [NEW]
    monkeypatch.setattr("portal.home.services.rotating.AT_ONCE", 1)
    IdentityDocument.objects.filter(customer=member).update(number_encrypted="no key opens this")
    with pytest.raises(CommandError, match="No key of the ring"):
        run()
    assert is_newest(AuthenticatorApp.objects.get().secret)
