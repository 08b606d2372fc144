"""Certificates of balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from portal.base.keys import new_key
from portal.documents.models import Document
from portal.outbox.models import Job
from tasks import runner
from tasks.tasks import HANDLERS
from tests.books import old_days, pay_in
from tests.cast import Cast

SignIn = Callable[..., Client]


@pytest.fixture
def moved(cast: Cast) -> Cast:
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "1234.50", day=date(2026, 10, 5))
        pay_in(cast.ama_savings, "1.00", day=date(2026, 10, 7))
    return cast


def _ask(client: Client, cast: Cast, day: str) -> int:
    url = f"/accounts/{cast.ama_savings.number}/balance-certificate/"
    return client.post(url, {"key": new_key(), "day": day}).status_code


def test_it_says_what_the_account_held_at_the_end_of_the_day(moved: Cast, client_for: SignIn) -> None:
    assert _ask(client_for(moved.ama_user), moved, "2026-10-06") == 303
    runner.drain(HANDLERS)
    document = Document.objects.get()
    text = PdfReader(BytesIO(bytes(document.content.body))).pages[0].extract_text()
    assert "GHS 1,234.50" in text
    assert "6 October 2026" in text
    assert (document.owner_id, document.signed_with is not None) == (moved.ama_user.pk, True)


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-01", "2023-12-31", "x"])
def test_days_that_are_not_over_or_before_the_opening_are_refused(moved: Cast, client_for: SignIn, day: str) -> None:
    assert _ask(client_for(moved.ama_user), moved, day) == 422
    assert not Job.objects.exists()


def test_anothers_account_is_not_there(moved: Cast, client_for: SignIn) -> None:
    for user in (moved.kofi_user, moved.rival_manager):
        assert _ask(client_for(user), moved, "2026-10-06") == 404
